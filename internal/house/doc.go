// Package house holds the rules that the other packages keep. It has tests and no code.
package house
