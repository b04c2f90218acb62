package model

import "testing"

func TestEncodingsAndLocales(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{"UTF8": true, "utf-8": true, "": true, "LATIN1": true, "EUC_JP": true, "SQL_ASCII": true, "GBK": false, "UTF9": false, "big5": false} {
		if why := CheckEncoding(name); (why == "") != ok {
			t.Errorf("encoding %s: %q", name, why)
		}
	}
	for pair, ok := range map[[2]string]bool{
		{"C", "LATIN1"}: true, {"POSIX", "UTF8"}: true, {"de_DE.UTF-8", "UTF8"}: true, {"de_DE.utf8", "unicode"}: true, {"de_DE.UTF-8", "LATIN1"}: false,
		{"de_DE.ISO-8859-1", "LATIN1"}: true, {"de_DE@euro", "LATIN9"}: true, {"de_DE.ISO8859-15@euro", "UTF8"}: false, {"de_DE.UTF-8", "SQL_ASCII"}: true,
		{"C.UTF-8", "LATIN1"}: false, {"x y", "UTF8"}: false, {"de_DE", "UTF8"}: true,
	} {
		if why := CheckLocale(pair[0], pair[1]); (why == "") != ok {
			t.Errorf("%v: %q", pair, why)
		}
	}
	listed := "C\nC.utf8\nPOSIX\nde_DE.utf8\nde_DE@euro\n"
	for name, ok := range map[string]bool{"C": true, "C.UTF-8": true, "de_DE.UTF-8": true, "de_DE@euro": true, "de_DE": false, "fr_FR.UTF-8": false, "": true} {
		if HasLocale(listed, name) != ok {
			t.Errorf("%s is there: %t", name, !ok)
		}
	}
	if !SameEncoding("UTF8", "unicode") || SameEncoding("UTF8", "LATIN1") || !SameEncoding("latin1", "ISO_8859_1") {
		t.Error("names of one encoding")
	}
}
