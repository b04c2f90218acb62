// Package law holds pig to its promises without a node: the whole of pig, from the inventory to the node and back, runs against
// machines of package imitation. It has tests and no code.
package law
