package engine

import (
	"context"
	"errors"
	"strings"

	"pig/internal/argspec"
	"pig/internal/diag"
	"pig/internal/value"
)

// validateArguments checks variables, and arguments that are given besides, against a specification of arguments.
func validateArguments(_ context.Context, c *call) Result {
	spec, ok1 := c.args.At("argument_spec").(*value.Dict)
	given, ok2 := c.args.At("provided_arguments").(*value.Dict)
	switch {
	case !c.args.Has("argument_spec"):
		return failed(errors.New(`"argument_spec" arg is required in args: ` + value.Repr(c.args)))
	case !ok1:
		return failed(diag.Errorf(c.args.ValuePos("argument_spec"), "argument_spec must be a mapping, not %s", value.TypeName(c.args.At("argument_spec"))))
	case c.args.At("provided_arguments") == nil:
		given = value.NewDict()
	case !ok2:
		return failed(diag.Errorf(c.args.ValuePos("provided_arguments"), "provided_arguments must be a mapping, not %s", value.TypeName(c.args.At("provided_arguments"))))
	}
	all := value.NewDict()
	for key := range spec.All() {
		name := value.KeyText(key)
		v, there, err := c.scope.Lookup(name)
		if err != nil {
			return failed(err)
		}
		if there {
			all.Set(name, v)
		}
	}
	all.Update(given)
	if value.HasUnknown(all) || value.HasUnknown(spec) {
		return unknown("whether the arguments are valid")
	}
	told, err := argspec.Validate(spec, all)
	if err != nil {
		return failed(diag.Errorf(c.args.ValuePos("argument_spec"), "%v", err))
	}
	about, _ := c.args.At("validate_args_context").(*value.Dict)
	if about == nil {
		about = value.NewDict()
	}
	if about.At("type") == "role" && c.task.Role != nil {
		about = about.Clone()
		about.Set("path", absoluteDir(c.task.Role.Dir))
	}
	if len(told) > 0 {
		r := failure("Validation of arguments failed:\n" + strings.Join(told, "\n"))
		r.Of, r.Values = "Action", value.DictOf("argument_errors", value.Strings(told), "argument_spec_data", spec, "validate_args_context", about)
		return r
	}
	return ok(value.DictOf("msg", "The arg spec validation passed", "validate_args_context", about))
}
