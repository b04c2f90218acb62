package modules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pig/internal/module"
	"pig/internal/value"
)

// etcdState asks a member of etcd for the members that it knows and for alarms, such as a database that has outgrown its quota. It
// changes nothing, and returns members (names; the peer URL of one that has never started) and problems, a text each.
func etcdState() module.Module {
	return module.Module{
		Name: "etcd_state",
		Spec: module.Spec{Args: etcdArgs()},
		Run: func(ctx context.Context, c *module.Call) (*value.Dict, error) {
			e := newEtcd(c)
			if _, err := e.enter(ctx); err != nil {
				return nil, err
			}
			cluster, err := e.members(ctx)
			if err != nil {
				return nil, err
			}
			var alarms struct {
				Alarms []struct {
					MemberID string `json:"memberID"`
					Alarm    string `json:"alarm"`
				} `json:"alarms"`
			}
			if err := e.ask(ctx, "maintenance/alarm", map[string]any{"action": "GET"}, &alarms); err != nil {
				return nil, err
			}
			names := map[string]string{}
			var members, problems []string
			for _, m := range cluster.Members {
				name := m.Name
				if !m.Started() {
					name = strings.Join(m.PeerURLs, ",")
				}
				names[m.ID] = name
				members = append(members, name)
				if m.Learner {
					problems = append(problems, name+" is a learner without a vote")
				}
			}
			for _, a := range alarms.Alarms {
				problems = append(problems, fmt.Sprintf("alarm %s of %s: %s", a.Alarm, names[a.MemberID], alarmMeaning[a.Alarm]))
			}
			slices.Sort(members)
			return value.DictOf("members", value.Strings(members), "problems", value.Strings(problems), "changed", false), nil
		},
	}
}

// alarmMeaning says what an alarm means, as etcd's manual on maintenance has it.
var alarmMeaning = map[string]string{
	"NOSPACE": "the database has reached its quota, and etcd refuses every write until the database is compacted and defragmented and the alarm is disarmed",
	"CORRUPT": "the data differs from the data of the other members",
}
