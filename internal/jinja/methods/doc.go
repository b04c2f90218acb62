// Package methods has the methods of Python's types that templates can call, like "a b".split() and d.items().
package methods
