// Package lookups has the lookups of ansible.builtin: what lookup(), query() and with_<name> give.
package lookups
