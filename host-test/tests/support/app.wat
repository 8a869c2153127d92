;; A component's core by hand: the smallest app that shows what a host does around one.
;;
;; It answers 203 with the request's body, and copies into headers of the answer what a host must
;; hand over unharmed: `x-uri`, every `x-many`, and `x-greeting` from a config store if there is one.
;; The first letter of the header `x-mode` asks for something else:
;;   l(og)   also write to a log endpoint, to stdout and to stderr
;;   f(ail)  write the end of a traceback to stderr and return an error without an answer
;;   t(rap)  write to stderr and trap
;;   s(pin)  write to stderr and never return
(module
  (import "fastly:compute/http-resp@0.1.0" "[static]response.new"
    (func $response-new (param i32)))
  (import "fastly:compute/http-resp@0.1.0" "[method]response.set-status"
    (func $set-status (param i32 i32 i32)))
  (import "fastly:compute/http-resp@0.1.0" "[method]response.insert-header"
    (func $insert-header (param i32 i32 i32 i32 i32 i32)))
  (import "fastly:compute/http-resp@0.1.0" "[method]response.set-header-values"
    (func $set-header-values (param i32 i32 i32 i32 i32 i32)))
  (import "fastly:compute/http-resp@0.1.0" "send-downstream"
    (func $send-downstream (param i32 i32 i32)))
  (import "fastly:compute/http-req@0.1.0" "[method]request.get-uri"
    (func $get-uri (param i32 i64 i32)))
  (import "fastly:compute/http-req@0.1.0" "[method]request.get-header-value"
    (func $get-header-value (param i32 i32 i32 i64 i32)))
  (import "fastly:compute/http-req@0.1.0" "[method]request.get-header-values"
    (func $get-header-values (param i32 i32 i32 i64 i32 i32)))
  (import "fastly:compute/config-store@0.1.0" "[static]store.open"
    (func $store-open (param i32 i32 i32)))
  (import "fastly:compute/config-store@0.1.0" "[method]store.get"
    (func $store-get (param i32 i32 i32 i64 i32)))
  (import "fastly:compute/log@0.1.0" "[static]endpoint.open"
    (func $endpoint-open (param i32 i32 i32)))
  (import "fastly:compute/log@0.1.0" "[method]endpoint.write"
    (func $endpoint-write (param i32 i32 i32)))
  (import "wasi:cli/stdout@0.2.6" "get-stdout" (func $get-stdout (result i32)))
  (import "wasi:cli/stderr@0.2.6" "get-stderr" (func $get-stderr (result i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))

  (memory (export "memory") 2)
  ;; What the host returns in memory goes to address 0; nothing here needs two such results at once.
  (data (i32.const 64) "x-mode")
  (data (i32.const 72) "x-uri")
  (data (i32.const 80) "x-many")
  (data (i32.const 88) "settings")
  (data (i32.const 96) "greeting")
  (data (i32.const 112) "x-greeting")
  (data (i32.const 128) "audit")
  (data (i32.const 136) "one\ntwo")
  (data (i32.const 144) "on stdout\n")
  (data (i32.const 160) "on stderr\n")
  (data (i32.const 176) "Traceback:\n  line 1\nValueError: bad\n")

  (global $free (mut i32) (i32.const 1024))

  ;; Every sandbox starts afresh, so nothing is ever given back.
  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow
        (i32.add (i32.div_u (local.get $size) (i32.const 65536)) (i32.const 1))))))
    (local.get $at))

  ;; Trap unless the result at address 0 is ok.
  (func $check
    (if (i32.load8_u (i32.const 0)) (then (unreachable))))

  (func $mode (param $request i32) (result i32)
    (call $get-header-value (local.get $request)
      (i32.const 64) (i32.const 6) (i64.const 64) (i32.const 0))
    (call $check)
    (if (result i32) (i32.load8_u (i32.const 8))
      (then (i32.load8_u (i32.load (i32.const 12))))
      (else (i32.const 0))))

  (func $copy-uri (param $request i32) (param $response i32)
    (call $get-uri (local.get $request) (i64.const 65536) (i32.const 0))
    (call $check)
    (call $insert-header (local.get $response) (i32.const 72) (i32.const 5)
      (i32.load (i32.const 8)) (i32.load (i32.const 12)) (i32.const 0))
    (call $check))

  (func $copy-many (param $request i32) (param $response i32)
    (call $get-header-values (local.get $request) (i32.const 80) (i32.const 6)
      (i64.const 65536) (i32.const 0) (i32.const 0))
    (call $check)
    (if (i32.load (i32.const 12))
      (then
        (call $set-header-values (local.get $response) (i32.const 80) (i32.const 6)
          (i32.load (i32.const 8)) (i32.load (i32.const 12)) (i32.const 0))
        (call $check))))

  (func $copy-greeting (param $response i32)
    (call $store-open (i32.const 88) (i32.const 8) (i32.const 0))
    (if (i32.load8_u (i32.const 0)) (then (return)))
    (call $store-get (i32.load (i32.const 4)) (i32.const 96) (i32.const 8)
      (i64.const 65536) (i32.const 0))
    (call $check)
    (if (i32.load8_u (i32.const 8))
      (then
        (call $insert-header (local.get $response) (i32.const 112) (i32.const 10)
          (i32.load (i32.const 12)) (i32.load (i32.const 16)) (i32.const 0))
        (call $check))))

  (func $log
    (call $endpoint-open (i32.const 128) (i32.const 5) (i32.const 0))
    (call $check)
    (call $endpoint-write (i32.load (i32.const 4)) (i32.const 136) (i32.const 7))
    (call $write (call $get-stdout) (i32.const 144) (i32.const 10) (i32.const 0))
    (call $write (call $get-stderr) (i32.const 160) (i32.const 10) (i32.const 0)))

  (func (export "fastly:compute/http-incoming@0.1.0#handle")
    (param $request i32) (param $body i32) (result i32)
    (local $mode i32)
    (local $response i32)
    (local.set $mode (call $mode (local.get $request)))
    (if (i32.eq (local.get $mode) (i32.const 0x6c)) (then (call $log)))
    (if (i32.eq (local.get $mode) (i32.const 0x66))
      (then
        (call $write (call $get-stderr) (i32.const 176) (i32.const 36) (i32.const 0))
        (return (i32.const 1))))
    (if (i32.eq (local.get $mode) (i32.const 0x74))
      (then
        (call $write (call $get-stderr) (i32.const 160) (i32.const 10) (i32.const 0))
        (unreachable)))
    (if (i32.eq (local.get $mode) (i32.const 0x73))
      (then
        (call $write (call $get-stderr) (i32.const 160) (i32.const 10) (i32.const 0))
        (loop $forever (br $forever))))

    (call $response-new (i32.const 0))
    (call $check)
    (local.set $response (i32.load (i32.const 8)))
    (call $set-status (local.get $response) (i32.const 203) (i32.const 0))
    (call $check)
    (call $copy-uri (local.get $request) (local.get $response))
    (call $copy-many (local.get $request) (local.get $response))
    (call $copy-greeting (local.get $response))
    (call $send-downstream (local.get $response) (local.get $body) (i32.const 0))
    (call $check)
    (i32.const 0)))
