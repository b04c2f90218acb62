package modules

import (
	"strings"
	"testing"

	"pig/internal/module/fake"
	"pig/internal/module/moduletest"
	"pig/internal/node"
	"pig/internal/value"
)

func TestEtcdTellsMembersAndAlarms(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"v3/auth/user/list":      "{}",
		"v3/cluster/member/list": `{"members": [{"ID": "1", "name": "etcd-1"}, {"ID": "2", "name": "etcd-9", "isLearner": true}, {"ID": "3", "peerURLs": ["https://c:2380"]}]}`,
		"v3/maintenance/alarm":   `{"alarms": [{"memberID": "1", "alarm": "NOSPACE"}]}`,
	}
	var calls []string
	f := &fake.Node{OnHTTP: fakeEtcd(answers, &calls), OnExec: func(node.Cmd) (node.Output, error) { return node.Output{RC: 1}, nil }}
	r := moduletest.Run(t, Table(), f, "etcd_state", value.DictOf("endpoints", value.NewList("a:2379")))
	if r.Failed != "" || len(calls) > 0 {
		t.Fatal(r.Failed, calls)
	}
	if got := value.Display(r.Values.At("members")); got != "['etcd-1', 'etcd-9', 'https://c:2380']" {
		t.Error(got)
	}
	if got := value.Display(r.Values.At("problems")); !strings.Contains(got, "etcd-9 is a learner") || !strings.Contains(got, "alarm NOSPACE of etcd-1: the database has reached its quota") {
		t.Error(got)
	}
}
