;; Functions with names as the C++ compiler gives them: `count` calls `scale`, which is small enough to be inlined.
(module
  (import "rapidbyte" "request" (func $request (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_initialize"))
  (func (export "rb_open") (result i32) (i32.const 0))
  (func (export "rb_discover") (result i32) (i32.const 0))
  (func (export "rb_validate") (result i32) (i32.const 0))
  (func $rb_run_read (export "rb_run_read") (result i32)
    (i32.add (call $_ZN4demo5CountEi (call $request (i32.const 0) (i32.const 16)))
             (call $_ZN4demo5CountEi (call $request (i32.const 0) (i32.const 8)))))
  (func (export "rb_run_write") (result i32) (i32.const 0))
  (func (export "rb_close") (result i32) (i32.const 0))
  ;; int demo::Scale(int)
  (func $_ZN4demo5ScaleEi (param i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.const 3)))
  ;; int demo::Count(int): large enough, and called from two places, to stay a function of its own.
  (func $_ZN4demo5CountEi (param i32) (result i32)
    (local i32 i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (call $_ZN4demo5ScaleEi (i32.mul (local.get 2) (i32.const 8)))))
      (i32.store (i32.mul (local.get 2) (i32.const 4)) (i32.rotl (local.get 1) (local.get 2)))
      (i32.store offset=4096 (i32.mul (local.get 2) (i32.const 4)) (i32.xor (local.get 1) (local.get 0)))
      (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (local.get 0))))
    (local.set 2 (i32.const 0))
    (loop
      (local.set 1 (i32.sub (local.get 1) (i32.load offset=4096 (i32.mul (local.get 2) (i32.const 4)))))
      (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (local.get 0))))
    (local.get 1)))
