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
	if !c.args.Has("argument_spec") {
		return failed(errors.New(`"argument_spec" arg is required in args: ` + value.Repr(c.args)))
	}
	spec, err := c.mapping("argument_spec")
	if err != nil {
		return failed(err)
	}
	given := value.NewDict()
	if c.args.At("provided_arguments") != nil {
		if given, err = c.mapping("provided_arguments"); err != nil {
			return failed(err)
		}
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
	if len(told) > 0 {
		r := failure("Validation of arguments failed:\n" + strings.Join(told, "\n"))
		r.Of, r.Values = "Action", value.DictOf("argument_errors", value.Strings(told), "argument_spec_data", spec, "validate_args_context", about)
		return r
	}
	return ok(value.DictOf("msg", "The arg spec validation passed", "validate_args_context", about))
}

// mapping is an argument that has to be a mapping.
func (c *call) mapping(name string) (*value.Dict, error) {
	d, ok := c.args.At(name).(*value.Dict)
	if !ok {
		return nil, diag.Errorf(c.args.ValuePos(name), "%s must be a mapping, not %s", name, value.TypeName(c.args.At(name)))
	}
	return d, nil
}
