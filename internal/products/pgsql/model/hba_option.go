package model

import (
	"fmt"
	"slices"
	"strings"
)

// hbaOptions are what may stand after the method of a rule, and the methods that take each, none: all (parse_hba_auth_opt of PostgreSQL 18).
var hbaOptions = map[string][]string{
	"map": {"ident", "peer", "gss", "cert", "oauth"}, "clientcert": nil, "clientname": nil,
	"pamservice": {"pam"}, "pam_use_hostname": {"pam"},
	"ldapurl": {"ldap"}, "ldaptls": {"ldap"}, "ldapscheme": {"ldap"}, "ldapserver": {"ldap"}, "ldapport": {"ldap"}, "ldapbinddn": {"ldap"}, "ldapbindpasswd": {"ldap"},
	"ldapsearchattribute": {"ldap"}, "ldapsearchfilter": {"ldap"}, "ldapbasedn": {"ldap"}, "ldapprefix": {"ldap"}, "ldapsuffix": {"ldap"},
	"krb_realm": {"gss"}, "include_realm": {"gss"},
	"radiusservers": {"radius"}, "radiusports": {"radius"}, "radiussecrets": {"radius"}, "radiusidentifiers": {"radius"},
	"issuer": {"oauth"}, "scope": {"oauth"}, "validator": {"oauth"}, "delegate_ident_mapping": {"oauth"},
}

// hbaNeeds are methods that do nothing without one of some options.
var hbaNeeds = map[string][][]string{
	"ldap":   {{"ldapurl", "ldapbasedn", "ldapprefix", "ldapsuffix"}},
	"radius": {{"radiusservers"}, {"radiussecrets"}},
	"oauth":  {{"issuer"}, {"scope"}},
}

// checkRecordOptions tells what is wrong with the options of a rule.
func checkRecordOptions(kind, method string, options []string) error {
	var given []string
	for _, o := range options {
		name, v, ok := strings.Cut(o, "=")
		if !ok || name == "" {
			return fmt.Errorf("want NAME=VALUE after the method, not %s", o)
		}
		methods, known := hbaOptions[name]
		switch {
		case !known:
			return fmt.Errorf("unknown option %s", name)
		case methods != nil && !slices.Contains(methods, method):
			return fmt.Errorf("the option %s is for %s, not for %s", name, strings.Join(methods, ", "), method)
		case (name == "clientcert" || name == "clientname") && kind != "hostssl":
			return fmt.Errorf("the option %s is for hostssl only", name)
		case name == "clientcert" && v != "verify-ca" && v != "verify-full":
			return fmt.Errorf("clientcert must be verify-ca or verify-full, not %s", v)
		}
		given = append(given, name)
	}
	for _, either := range hbaNeeds[method] {
		if !slices.ContainsFunc(either, func(n string) bool { return slices.Contains(given, n) }) {
			return fmt.Errorf("%s needs %s", method, strings.Join(either, " or "))
		}
	}
	return nil
}
