// Package jmes answers JMESPath queries over values, as jmespath.py does for Ansible's json_query.
//
// It exists because the Go libraries go through mappings in random order and compare integers wrongly: one input must not
// have two answers. Mappings are gone through in their own order here, and what is lazy in them stays so until a query
// looks at it.
package jmes
