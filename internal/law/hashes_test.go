package law

import (
	"slices"
	"strings"
	"testing"
)

// Each login costs etcd a hash, so hundreds of members keep it busy with dear ones. Cheap hashes are for passwords that nobody guesses.
func TestHashesOfEtcdAreCheapForGeneratedPasswordsOnly(t *testing.T) {
	whole := settled(t, checkedWorld, "10.10.10.10", "10.10.10.11")
	const file = "10.10.10.10:/etc/etcd/etcd.conf"
	bubble(t, func(t *testing.T) {
		l := whole.copy(t)
		if !strings.Contains(l.files()[file], "\nbcrypt-cost: 4\n") {
			t.Errorf("hashes of generated passwords are dear:\n%s", l.files()[file])
		}
		l = whole.edited(t, checkedWorld, "etcd_root_password: Short.Word")
		if got := changes(l.plan()); !slices.ContainsFunc(got, func(c string) bool { return strings.Contains(c, "/etc/etcd/etcd.conf") }) {
			t.Errorf("the plan leaves the configuration as it is:\n%s", strings.Join(got, "\n"))
		}
		l.must("apply", "--yes")
		if strings.Contains(l.files()[file], "bcrypt-cost") {
			t.Errorf("hashes of a short password are cheap:\n%s", l.files()[file])
		}
	})
}
