;; An app whose memory is there before anything is lowered: its imports are given to it as they are, and no
;; table is filled with them. It writes 70,000 bytes to the body that it is given.
(component
  (import "fastly-py:compute/types@0.1.0" (instance $types
    (type (enum "generic-error" "invalid-argument" "auxiliary-error" "unsupported" "http-invalid" "http-user"
      "http-incomplete" "cannot-read" "http-head-too-large" "http-invalid-status" "limit-exceeded"
      "value-too-large" "already-consumed" "not-text" "unknown-value"))
    (export "error" (type (eq 0)))))
  (alias export $types "error" (type $error))
  (import "fastly-py:compute/http-body@0.1.0" (instance $bodies
    (export "body" (type (sub resource)))
    (alias outer 1 $error (type))
    (export "error" (type (eq 1)))
    (type (borrow 0))
    (type (list u8))
    (type (result (error 2)))
    (type (func (param "self" 3) (param "data" 4) (result 5)))
    (export "[method]body.write" (func (type 6)))))
  (import "fastly-py:compute/http-req@0.1.0" (instance $requests (export "request" (type (sub resource)))))
  (alias export $bodies "body" (type $body))
  (alias export $bodies "[method]body.write" (func $write))
  (alias export $requests "request" (type $request))

  (core module $memory
    (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 100000)))
  (core instance $has (instantiate $memory))
  (alias core export $has "memory" (core memory $room))
  (alias core export $has "realloc" (core func $realloc))
  (core func $lowered (canon lower (func $write) (memory $room) (realloc $realloc)))

  (core module $main
    (import "bodies" "write" (func $write (param i32 i32 i32 i32)))
    (func (export "handle") (param i32 i32)
      (call $write (local.get 1) (i32.const 1024) (i32.const 70000) (i32.const 0))))
  (core instance $does (instantiate $main (with "bodies" (instance (export "write" (func $lowered))))))
  (alias core export $does "handle" (core func $handle))
  (type $own-request (own $request))
  (type $own-body (own $body))
  (func $lifted (param "request" $own-request) (param "body" $own-body) (canon lift (core func $handle)))
  (component $exported
    (import "request" (type $request (sub resource)))
    (import "body" (type $body (sub resource)))
    (type $own-request (own $request))
    (type $own-body (own $body))
    (import "handle" (func $handle (param "request" $own-request) (param "body" $own-body)))
    (export "request" (type $request))
    (export "body" (type $body))
    (export "handle" (func $handle)))
  (instance $incoming (instantiate $exported
    (with "request" (type $request)) (with "body" (type $body)) (with "handle" (func $lifted))))
  (export "fastly-py:compute/http-incoming@0.1.0" (instance $incoming)))
