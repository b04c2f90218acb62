package engine

import "pig/internal/value"

// sealed gives the value of a variable with its secrets sealed.
func (e *Engine) sealed(name string, v value.Value) value.Value {
	if e.Sealed == nil {
		return v
	}
	return e.Sealed(name, v)
}

// told are the parts of a result that say what a program found out; return codes and times are no secrets.
var told = []string{"stdout", "stdout_lines", "content", "json", "msg", "user_input", "value"}

// sealedResult seals what a task found out, if the name under which it is kept tells that this is a secret.
func (e *Engine) sealedResult(name string, r Result) Result {
	if name == "" || e.Sealed == nil || r.Values == nil {
		return r
	}
	r.Values = r.Values.Clone()
	for _, key := range told {
		if v, ok := r.Values.Get(key); ok {
			r.Values.Set(key, e.Sealed(name, v))
		}
	}
	return r
}
