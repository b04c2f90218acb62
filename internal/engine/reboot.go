package engine

import (
	"context"
	"strings"
	"time"

	"pig/internal/diag"
	"pig/internal/module"
	"pig/internal/value"
)

// rebootArgs are what reboot obeys.
var rebootArgs = []string{"pre_reboot_delay", "post_reboot_delay", "reboot_timeout", "test_command", "msg", "reboot_command", "boot_time_command"}

// reboot restarts the machine and waits until it is another start that answers.
func reboot(ctx context.Context, c *call) Result {
	host, _, err := c.where()
	if err != nil {
		return failed(err)
	}
	if host.Local {
		return failure("Running reboot with local connection would reboot the control node.")
	}
	words := map[string][]string{}
	for name, usual := range map[string]string{"reboot_command": "shutdown -r now", "boot_time_command": "cat /proc/sys/kernel/random/boot_id", "test_command": "whoami"} {
		if v := c.args.At(name); v != nil {
			usual = value.Str(v)
		} else if msg := c.args.At("msg"); name == "reboot_command" && msg != nil {
			usual += " '" + strings.ReplaceAll(value.Str(msg), "'", " ") + "'"
		}
		if words[name], err = module.SplitWords(usual); err != nil {
			return failed(diag.Errorf(c.args.ValuePos(name), "invalid %s: %v", name, err))
		}
	}
	waits := map[string]time.Duration{"reboot_timeout": 10 * time.Minute}
	for _, name := range []string{"pre_reboot_delay", "post_reboot_delay", "reboot_timeout"} {
		if v := c.args.At(name); v != nil {
			if waits[name], err = seconds(v, c.task.Pos); err != nil {
				return failed(err)
			}
		}
	}
	before := c.node(ctx, "command", value.DictOf("argv", value.Strings(words["boot_time_command"]), "read_only", true))
	if before.Failed || before.Unreachable {
		return before
	}
	began := c.e.Now()
	if err := c.rest(ctx, waits["pre_reboot_delay"]); err != nil {
		return failed(err)
	}
	r := c.node(ctx, "command", value.DictOf("argv", value.Strings(words["reboot_command"]), "effect", "reboot of "+c.Name, "impact", "restart"))
	if c.e.opt.Plan || r.Failed && !r.Unreachable {
		return r
	}
	return c.returns(ctx, began, value.Str(before.Values.At("stdout")), words, waits)
}

// rest waits where something really happens.
func (c *call) rest(ctx context.Context, d time.Duration) error {
	if d <= 0 || c.e.opt.Plan {
		return nil
	}
	return c.e.Sleep(ctx, d)
}

// returns waits until the machine answers and says that it is another start than before.
func (c *call) returns(ctx context.Context, began time.Time, before string, words map[string][]string, waits map[string]time.Duration) Result {
	for deadline := began.Add(waits["reboot_timeout"]); ; {
		if h, _, err := c.where(); err == nil {
			c.e.Nodes.Reset(h)
		}
		now := c.node(ctx, "command", value.DictOf("argv", value.Strings(words["boot_time_command"]), "read_only", true))
		if !now.Failed && !now.Unreachable && value.Str(now.Values.At("stdout")) != before {
			break
		}
		if c.e.Now().After(deadline) {
			r := failure("Timed out waiting for last boot time check (timeout=" + waits["reboot_timeout"].String() + ")")
			r.Values = value.DictOf("rebooted", true, "elapsed", int64(c.e.Now().Sub(began).Seconds()))
			return r
		}
		if err := c.e.Sleep(ctx, 2*time.Second); err != nil {
			return failed(err)
		}
	}
	if err := c.rest(ctx, waits["post_reboot_delay"]); err != nil {
		return failed(err)
	}
	if r := c.node(ctx, "command", value.DictOf("argv", value.Strings(words["test_command"]), "read_only", true)); r.Failed || r.Unreachable {
		return r
	}
	r := ok(value.DictOf("rebooted", true, "elapsed", int64(c.e.Now().Sub(began).Seconds())))
	r.Changed = true
	return r
}
