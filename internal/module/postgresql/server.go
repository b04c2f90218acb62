package postgresql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/node"
	"pig/internal/value"
)

// membership keeps roles in roles.
func membership() module.Module {
	return module.Module{
		Name: "postgresql_membership",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "groups", Type: module.List, Elements: module.Str, Required: true, Aliases: []string{"group", "source_role", "source_roles"}},
			{Name: "target_roles", Type: module.List, Elements: module.Str, Aliases: []string{"target_role", "users", "user"}},
			{Name: "state", Default: "present", Choices: []string{"absent", "exact", "present"}}, {Name: "fail_on_role", Type: module.Bool, Default: true},
		}, "db")},
		Run: runMembership,
	}
}

func runMembership(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	state, targets := c.Args.String("state"), c.Args.Strings("target_roles")
	if len(targets) == 0 && state != "exact" {
		return nil, fmt.Errorf("missing required arguments: target_roles")
	}
	granted, revoked := value.NewDict(), value.NewDict()
	note := func(d *value.Dict, group, role string) {
		l, ok := d.At(group).(*value.List)
		if !ok {
			l = value.NewList()
			d.Set(group, l)
		}
		l.Append(role)
	}
	for _, group := range c.Args.Strings("groups") {
		var members []string
		err := s.ask(ctx, "SELECT coalesce(json_agg(m.rolname ORDER BY m.rolname), '[]') FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE g.rolname = "+literal(group), &members)
		if err != nil {
			return nil, err
		}
		in := func(role string) bool {
			if state, ok := s.System.Foreseen(factOf("member", role+" of "+group)); ok {
				return state == "there"
			}
			return slices.Contains(members, role)
		}
		for _, role := range targets {
			if there, err := s.there(ctx, "role", role, "SELECT 1 FROM pg_roles WHERE rolname = "+literal(role)); err != nil || !there {
				if err == nil && c.Args.Bool("fail_on_role") {
					err = fmt.Errorf("Role %s does not exist", role) //nolint:staticcheck // Ansible's words
				}
				if err != nil {
					return nil, err
				}
				c.Facts.Warn("Role %s does not exist, pass", role)
				continue
			}
			id := node.Change{Kind: "member", ID: role + " of " + group, Action: "create", Makes: makes("member", role+" of "+group, true)}
			switch {
			case state != "absent" && !in(role):
				if err := s.change(ctx, id, "GRANT "+ident(group)+" TO "+ident(role), ""); err != nil {
					return nil, err
				}
				note(granted, group, role)
			case state == "absent" && in(role):
				id.Action, id.Makes = "delete", makes("member", role+" of "+group, false)
				if err := s.change(ctx, id, "REVOKE "+ident(group)+" FROM "+ident(role), ""); err != nil {
					return nil, err
				}
				note(revoked, group, role)
			}
		}
		for _, role := range members {
			if state != "exact" || slices.Contains(targets, role) || !in(role) {
				continue
			}
			id := node.Change{Kind: "member", ID: role + " of " + group, Action: "delete", Makes: makes("member", role+" of "+group, false)}
			if err := s.change(ctx, id, "REVOKE "+ident(group)+" FROM "+ident(role), ""); err != nil {
				return nil, err
			}
			note(revoked, group, role)
		}
	}
	return s.done("granted", granted, "revoked", revoked, "state", state, "groups", value.Strings(c.Args.Strings("groups")), "target_roles", value.Strings(targets)), nil
}

// setting keeps a setting of a server.
func setting() module.Module {
	return module.Module{
		Name: "postgresql_set",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true}, {Name: "value"}, {Name: "reset", Type: module.Bool},
		}, "db"), Exclusive: [][]string{{"value", "reset"}}},
		Run: runSetting,
	}
}

func runSetting(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	name, wanted := c.Args.String("name"), c.Args.String("value")
	if !c.Args.Has("value") && !c.Args.Bool("reset") {
		return nil, fmt.Errorf("%s: at least one of value or reset param must be specified", name)
	}
	var rows []struct{ Setting, Unit, Boot, Context, Shown, File string }
	same := "''"
	if wanted != "" { // the server itself knows what a value with a unit is
		same = "coalesce((SELECT s2.setting FROM pg_file_settings s2 WHERE s2.name = s.name ORDER BY s2.seqno DESC LIMIT 1), '')"
	}
	err = s.ask(ctx, "SELECT json_build_array(json_build_object('Setting', s.setting, 'Unit', coalesce(s.unit, ''), 'Boot', coalesce(s.boot_val, ''), 'Context', s.context, 'Shown', current_setting(s.name), 'File', "+same+")) FROM pg_settings s WHERE s.name = lower("+literal(name)+")", &rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if _, ok := s.System.Foreseen(factOf("database", s.db)); ok {
			return nil, fmt.Errorf("the settings of the server: %w", node.ErrUnknown)
		}
		return nil, fmt.Errorf("%s: parameter does not exist or is not known to this server", name)
	}
	row := rows[0]
	restart := row.Context == "postmaster"
	d := s.done("name", name, "prev_val_pretty", row.Shown, "value_pretty", row.Shown, "value", value.DictOf("value", row.Setting, "unit", row.Unit), "restart_required", false, "context", row.Context)
	if row.Context == "internal" {
		return nil, fmt.Errorf("%s: cannot be changed (internal context). See pg_settings", name)
	}
	if planned, ok := s.System.Foreseen(factOf("setting", name)); ok {
		row.Shown, row.File, row.Setting = planned, planned, planned
	}
	sql := "ALTER SYSTEM SET " + ident(name) + " = " + literal(wanted)
	switch {
	case c.Args.Bool("reset"):
		if row.File == "" && row.Setting == row.Boot {
			return d, nil
		}
		sql, wanted = "ALTER SYSTEM RESET "+ident(name), row.Boot
	case sameValue(wanted, row.Shown, row.Unit) || sameValue(wanted, row.Setting, row.Unit) || restart && row.File != "" && sameValue(wanted, row.File, row.Unit):
		return d, nil
	}
	id := node.Change{Kind: "setting", ID: name, Action: "update", Makes: map[string]string{factOf("setting", name): wanted}}
	if !restart {
		sql += ";\nSELECT pg_reload_conf()"
		id.Impact = node.ImpactReload
	}
	d.Set("restart_required", restart)
	d.Set("value_pretty", wanted)
	err = s.change(ctx, id, sql, "")
	d.Set("queries", value.Strings(s.executed))
	return d, err
}

// sameValue compares values as they are written: 1GB and 1024MB are the same, on and true too.
func sameValue(x, y, unit string) bool {
	return x == y || canonical(x, unit) == canonical(y, unit)
}

func canonical(s, unit string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "on", "true", "yes", "1":
		if unit == "" {
			return "on"
		}
	case "off", "false", "no", "0":
		if unit == "" {
			return "off"
		}
	}
	number := strings.TrimRight(s, "kMGTBmsinhd")
	factor := map[string]float64{"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40, "8kB": 8 << 10, "us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
	suffix := strings.TrimSpace(strings.TrimPrefix(s, number))
	if suffix == "" {
		suffix = unit
	}
	var n float64
	if _, err := fmt.Sscan(strings.TrimSpace(number), &n); err != nil || suffix != "" && factor[suffix] == 0 {
		return s
	}
	if suffix != "" {
		n *= factor[suffix]
	}
	return fmt.Sprint(n)
}

// slot keeps a replication slot.
func slot() module.Module {
	return module.Module{
		Name: "postgresql_slot",
		Spec: module.Spec{Args: withLogin([]module.Arg{
			{Name: "name", Required: true, Aliases: []string{"slot_name"}}, {Name: "state", Default: "present", Choices: []string{"absent", "present"}},
			{Name: "slot_type", Default: "physical", Choices: []string{"logical", "physical"}}, {Name: "immediately_reserve", Type: module.Bool},
			{Name: "output_plugin", Default: "test_decoding"}, {Name: "failover", Type: module.Bool},
		}, "db")},
		Run: runSlot,
	}
}

func runSlot(ctx context.Context, c *module.Call) (*value.Dict, error) {
	s, err := newSession(c, "postgres")
	if err != nil {
		return nil, err
	}
	name, present := c.Args.String("name"), c.Args.String("state") == "present"
	there, err := s.there(ctx, "slot", name, "SELECT 1 FROM pg_replication_slots WHERE slot_name = "+literal(name))
	if err != nil || there == present {
		return s.done("name", name), err
	}
	id := node.Change{Kind: "replication slot", ID: name, Action: "delete", Makes: makes("slot", name, present)}
	if !present {
		err = s.change(ctx, id, "SELECT pg_drop_replication_slot("+literal(name)+")", "")
		return s.done("name", name), err
	}
	id.Action = "create"
	more := ""
	if c.Args.Bool("failover") {
		more = ", failover => true"
	}
	sql := fmt.Sprintf("SELECT pg_create_physical_replication_slot(%s, %t)", literal(name), c.Args.Bool("immediately_reserve"))
	if c.Args.String("slot_type") == "logical" {
		sql = fmt.Sprintf("SELECT pg_create_logical_replication_slot(%s, %s%s)", literal(name), literal(c.Args.String("output_plugin")), more)
	}
	err = s.change(ctx, id, sql, "")
	return s.done("name", name), err
}
