package modules

import (
	"cmp"
	"fmt"
	"slices"

	pgsql "pig/internal/products/pgsql/model"
	"pig/internal/value"
)

// pgInitdb is what initdb made a cluster with, as template0 has it: nobody changes that one.
type pgInitdb struct {
	Encoding string `json:"encoding"`
	Collate  string `json:"datcollate"`
	Ctype    string `json:"datctype"`
	Provider string `json:"datlocprovider"` // "" before PostgreSQL 15, which knew libc alone
	Locale   string `json:"datlocale"`      // of another provider than libc
	ICU      string `json:"daticulocale"`   // the same in PostgreSQL 15 and 16
	Checksum string `json:"checksum"`
}

const initdbQuery = `(SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(encoding), 'checksum', current_setting('data_checksums')) FROM pg_database d WHERE datname = 'template0')`

// kept tells which parameters of the declared choices are otherwise in the cluster that runs. It does so in their order.
func (i pgInitdb) kept(declared *value.Dict) (all []string) {
	if declared == nil || i.Encoding == "" {
		return nil
	}
	text := func(param string) string {
		plain, _ := value.Plain(declared.At(param)) // "" for what only a run can tell
		return plain
	}
	tell := func(param, is, want, mend string) {
		line := fmt.Sprintf("%s is %s, but %s is declared: initdb sets it permanently; write %s: %s, or %s", param, is, want, param, is, mend)
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	const anew = "load a dump into a new cluster"
	if want := text("pg_encoding"); want != "" && !pgsql.SameEncoding(i.Encoding, want) {
		tell("pg_encoding", i.Encoding, want, anew)
	}
	libc := i.Provider == "" || i.Provider == "c"
	locale := func(param, is string) {
		if libc && text(param) == "" {
			param = "pg_locale" // of libc, it is what the two others do not say
		}
		if want := text(param); want != "" && !pgsql.SameLocale(is, want) {
			tell(param, is, want, anew)
		}
	}
	if !libc {
		locale("pg_locale", cmp.Or(i.Locale, i.ICU))
	}
	locale("pg_lc_collate", i.Collate)
	locale("pg_lc_ctype", i.Ctype)
	if want, is := declared.At("pg_checksum"), i.Checksum == "on"; want != nil && value.Truthy(want) != is {
		tell("pg_checksum", fmt.Sprint(is), fmt.Sprint(!is), "change it with pg_checksums while PostgreSQL is stopped on all members")
	}
	return all
}
