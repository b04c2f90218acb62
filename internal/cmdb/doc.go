// Package cmdb keeps an inventory as tables of PostgreSQL: groups, hosts and variables as rows that people and programs read and write with SQL, each
// change of them in a version with its author, time and reason.
//
// jsonb keeps neither spelling nor order nor comments, so the text that was loaded is kept beside the rows (layout). A dump is that text with the rows
// that have changed since written into it, and it counts only if it reads back as the rows. Secrets are encrypted with a key that the database does not
// have before they are sent there.
//
// The package is not part of the agent, and knows no command line.
package cmdb
