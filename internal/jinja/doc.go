// Package jinja is the template language of playbooks and inventories: Jinja2 with what ansible-core 2.19 puts around it.
//
// An Engine compiles each text once and is shared by all goroutines. A Scope renders on behalf of one host and task: it
// looks variables up lazily, remembers what they rendered to, and is used by one goroutine at a time.
//
//	e := jinja.New(jinja.Options{})
//	s := e.Scope(vars)
//	v, err := s.Value("{{ pg_port + 1 }}", pos) // int64(5433)
//
// Three kinds of values pass through templates that Jinja2 itself does not know: value.Unknown (what only a real run can
// tell) makes everything unknown that needs it, secret.Text taints every text that is made from it, and value.Undefined
// becomes an error only where it is used.
package jinja
