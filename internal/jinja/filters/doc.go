// Package filters has the filters and tests of Jinja2, of ansible.builtin, and some of other collections. What they need from
// outside, like a clock, they get when the tables are made (see Sources).
package filters
