// Package python is what values mean in templates: operators, comparisons, truth, slices, formats, JSON and times as Python
// has them, all pure functions of values. It needs no template and no engine.
//
// Beside Python's values it knows those of pig: what is unknown until a real run, what is secret, what is undefined and what
// is lazy. A Survey looks through values for them; Finalize makes of a value what may leave the engine.
package python
