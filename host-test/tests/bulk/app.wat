;; An app that does what it reads first, eight bytes at a time: what, and how much.
;;
;; Each result goes to the report, 24 bytes a line: what the friendly function wrote, a checksum of what was read,
;; and one of the first bytes in memory. The report is written to a body of its own in the end. Below 512 bytes neither goes past the adapter.
(module
  (import "fastly-py:compute/http-body@0.1.0" "[constructor]body" (func $new (result i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.write" (func $write (param i32 i32 i32 i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.write-some" (func $write-some (param i32 i32 i32 i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.write-front" (func $write-front (param i32 i32 i32 i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.read" (func $read (param i32 i32 i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.read-all" (func $read-all (param i32 i64 i32)))
  (import "fastly-py:compute/http-body@0.1.0" "[method]body.close" (func $close (param i32 i32)))

  ;; 0: what must be there whenever the app looks. 64: a friendly result. 1024: the scene. 4096: the report. 8192: small room. 1048577: what is written, at an
  ;; odd address. 2200000: what is read.
  (memory (export "memory") 64)
  (data (i32.const 0) "nobody but the app itself writes what is in these bytes")
  (data (i32.const 1048577) "The quick brown fox jumps over the lazy dog; 0123456789 and so on!")
  (global $small (mut i32) (i32.const 8192))
  (global $first (mut i32) (i32.const 0))

  ;; What is read takes the place of what was read before; other room is never given back, and who needs more than
  ;; a few of it has lost some. As in other guests, nothing can be made larger.
  (func (export "cabi_realloc") (param i32) (param $before i32) (param i32) (param $size i32) (result i32)
    (if (i32.ne (call $sum (i32.const 0) (i32.const 56)) (global.get $first)) (then (unreachable)))
    (if (local.get $before) (then (unreachable)))
    (if (i32.gt_u (local.get $size) (i32.const 256)) (then (return (i32.const 2200000))))
    (global.set $small (i32.add (global.get $small) (i32.const 256)))
    (if (i32.gt_u (global.get $small) (i32.const 10496)) (then (unreachable)))
    (global.get $small))

  (func $fill
    (local $length i32)
    (local.set $length (i32.const 61))
    (loop $more
      (memory.copy (i32.add (i32.const 1048577) (local.get $length)) (i32.const 1048577) (local.get $length))
      (local.set $length (i32.mul (local.get $length) (i32.const 2)))
      (br_if $more (i32.lt_u (local.get $length) (i32.const 1000000)))))

  (func $sum (param $at i32) (param $left i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $more
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $more)))
    (local.get $sum))

  (func (export "fastly-py:compute/http-incoming@0.1.0#handle") (param $request i32) (param $body i32)
    (local $op i32)
    (local $end i32)
    (local $line i32)
    (local $count i32)
    (call $fill)
    (global.set $first (call $sum (i32.const 0) (i32.const 56)))
    (call $read (local.get $body) (i32.const 400) (i32.const 64))
    (memory.copy (i32.const 1024) (i32.load (i32.const 68)) (i32.load (i32.const 72)))
    (local.set $op (i32.const 1024))
    (local.set $end (i32.add (i32.const 1024) (i32.load (i32.const 72))))
    (local.set $line (i32.const 4096))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $op) (local.get $end)))
        (memory.fill (i32.const 64) (i32.const 0) (i32.const 16))
        (local.set $count (i32.load offset=4 (local.get $op)))
        (block $next
          (block $write-first
          (block $close
            (block $look
            (block $read-all
            (block $read
              (block $write-front
                (block $write-some
                  (block $write
                    (block $new
                      (br_table $new $write $write-some $write-front $read $close $write-first $read-all (i32.load (local.get $op))))
                    (local.set $body (call $new))
                    (br $next))
                  (call $write (local.get $body) (i32.const 1048577) (local.get $count) (i32.const 64))
                  (br $next))
                (call $write-some (local.get $body) (i32.const 1048577) (local.get $count) (i32.const 64))
                (br $next))
              (call $write-front (local.get $body) (i32.const 1048577) (local.get $count) (i32.const 64))
              (br $next))
            (call $read (local.get $body) (local.get $count) (i32.const 64))
            (br $look))
            (call $read-all (local.get $body) (i64.extend_i32_u (local.get $count)) (i32.const 64)))
            ;; Where it was put is not the host's affair.
            (if (i32.eqz (i32.load8_u (i32.const 64)))
              (then
                (i32.store offset=16 (local.get $line) (call $sum (i32.load (i32.const 68)) (i32.load (i32.const 72))))
                (i32.store (i32.const 68) (i32.const 0))))
            (br $next))
          (call $close (local.get $body) (i32.const 64))
          (br $next))
          ;; What is written may be where there would be room for something else.
          (call $write (local.get $body) (i32.const 0) (local.get $count) (i32.const 64)))
        (memory.copy (local.get $line) (i32.const 64) (i32.const 16))
        (i32.store offset=20 (local.get $line) (call $sum (i32.const 0) (i32.const 56)))
        (local.set $line (i32.add (local.get $line) (i32.const 24)))
        (local.set $op (i32.add (local.get $op) (i32.const 8)))
        (br $more)))
    (call $write
      (call $new) (i32.const 4096) (i32.sub (local.get $line) (i32.const 4096)) (i32.const 64))))
