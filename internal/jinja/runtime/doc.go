// Package runtime evaluates templates: an Engine keeps them compiled, a Scope renders for one host and task, frames hold the
// names of loops and macros. It has no filters, tests or lookups of its own; it gets them when an Engine is made (see Parts).
package runtime
