;; A module that misbehaves on request: `request` returns the number of the deed to do.
(module
  (import "rapidbyte" "request" (func $request (param i32 i32) (result i32)))
  (import "rapidbyte" "respond" (func $respond (param i32 i32) (result i32)))
  (import "rapidbyte" "progress" (func $progress (param i64 i64) (result i32)))
  (import "rapidbyte" "log" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (table 4 funcref)
  (elem (i32.const 0) $one $wide)
  (type $nullary (func (result i32)))
  (global $initialized (mut i32) (i32.const 0))
  (func $one (result i32) (i32.const 1))
  (func $wide (param i64) (result i32) (i32.const 2))
  (func $recurse (param i32) (result i32)
    (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (i32.load (local.get 0))))
  (func $recurse_into_host (result i32)
    (i32.add (call $recurse_into_host) (call $request (i32.const 0) (i32.const 0))))

  (func (export "_initialize") (global.set $initialized (i32.const 7)))
  (func (export "rb_open") (result i32) (global.get $initialized))
  ;; Hands its arguments' widths to the host.
  (func (export "rb_discover") (result i32)
    (call $progress (i64.const -2) (i64.const 0x123456789abcdef0)))
  ;; Grows by one page, writes to its end and shows it to the host.
  (func (export "rb_validate") (result i32)
    (local $end i32)
    (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (return (i32.const -1))))
    (local.set $end (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))
    (i32.store (local.get $end) (i32.const 0x64636261))
    (call $respond (local.get $end) (i32.const 4)))
  ;; The deeds.
  (func (export "rb_run_read") (result i32)
    (local $deed i32)
    (local.set $deed (call $request (i32.const 0) (i32.const 16)))
    (if (i32.eq (local.get $deed) (i32.const 1)) (then (return (i32.load (i32.const 131072)))))
    (if (i32.eq (local.get $deed) (i32.const 2)) (then (i32.store offset=4294967295 (i32.const -1) (i32.const 1))))
    (if (i32.eq (local.get $deed) (i32.const 3)) (then unreachable))
    (if (i32.eq (local.get $deed) (i32.const 4)) (then (return (call $recurse (i32.const 0)))))
    (if (i32.eq (local.get $deed) (i32.const 5)) (then
      (return (i32.div_s (i32.const 1) (i32.sub (local.get $deed) (i32.const 5))))))
    (if (i32.eq (local.get $deed) (i32.const 6)) (then
      (return (call_indirect (type $nullary) (i32.const 1)))))
    (if (i32.eq (local.get $deed) (i32.const 7)) (then
      (return (call_indirect (type $nullary) (i32.const 99)))))
    (if (i32.eq (local.get $deed) (i32.const 8)) (then
      (return (i32.trunc_f64_s (f64.const nan)))))
    (if (i32.eq (local.get $deed) (i32.const 9)) (then
      (return (call $respond (i32.const 131070) (i32.const 4)))))
    (if (i32.eq (local.get $deed) (i32.const 10)) (then
      (return (memory.grow (i32.const 16384)))))
    (if (i32.eq (local.get $deed) (i32.const 11)) (then
      (return (call $recurse_into_host))))
    (if (i32.eq (local.get $deed) (i32.const 12)) (then
      (return (i32.div_s (i32.const 0x80000000) (i32.sub (i32.const 11) (local.get $deed))))))
    ;; Never ends: by itself, with host calls, and with its memory growing to the limit and beyond.
    (if (i32.eq (local.get $deed) (i32.const 13)) (then (loop $forever (br $forever))))
    (if (i32.eq (local.get $deed) (i32.const 14)) (then
      (loop $forever (drop (call $progress (i64.const 1) (i64.const 1))) (br $forever))))
    (if (i32.eq (local.get $deed) (i32.const 15)) (then
      (loop $forever
        (drop (memory.grow (i32.const 1)))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (br $forever))))
    (call_indirect (type $nullary) (i32.const 0)))
  (func (export "rb_run_write") (result i32) (call $log (i32.const 1) (i32.const 2) (i32.const 3)))
  (func (export "rb_close") (result i32) (i32.const 0)))
