//go:build linux

// Package sandbox makes throw-away nodes on one Linux machine, for demos, tests and rehearsals.
//
// A node is a systemd-nspawn container that boots: real systemd, real sshd, its own network namespace, its own cgroup,
// and an overlay over a Debian image that is built once. The nodes of a sandbox hang on a bridge in a namespace of
// their own, the control namespace. Their addresses exist only in there: nothing in the root namespace routes to them,
// so two sandboxes may use the same addresses, and a sandbox cannot collide with the network of the machine it runs on.
// Whoever wants to reach a node goes through the control namespace: Sandbox.DialContext, Sandbox.Exec.
//
// The package keeps no daemon. A sandbox is its state directory plus things of the kernel that carry its name
// (namespaces "pig.<sandbox>" and "pig.<sandbox>.<machine>", cgroups "pig-sandbox/<sandbox>/<machine>"), so that Down
// finds everything also after a crash. Mounts live in each node's private mount namespace and die with the node.
package sandbox
