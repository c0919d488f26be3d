;; Imports from a module that is not the host.
(module
  (import "env" "system" (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_initialize"))
  (func (export "rb_open") (result i32) (i32.const 0))
  (func (export "rb_discover") (result i32) (i32.const 0))
  (func (export "rb_validate") (result i32) (i32.const 0))
  (func (export "rb_run_read") (result i32) (i32.const 0))
  (func (export "rb_run_write") (result i32) (i32.const 0))
  (func (export "rb_close") (result i32) (i32.const 0)))
