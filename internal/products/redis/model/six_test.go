package model

import "testing"

// IPv6 addresses have brackets where pig writes them with a port, and none where Redis tells and takes them.
func TestAddressesOfIPv6(t *testing.T) {
	t.Parallel()
	six := Addr{"2001:db8::10", 6379}
	if six.String() != "[2001:db8::10]:6379" || six.Words() != "2001:db8::10 6379" {
		t.Errorf("%s, %s", six, six.Words())
	}
	for _, text := range []string{six.String(), six.Words(), "2001:db8::10:6379"} { // the last is how CLUSTER NODES has it
		if got, err := ParseAddr(text); got != six || err != nil {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	if !six.Is("2001:db8::10", "6379") || six.Is("2001:db8::10", "6380") || six.Is("2001:db8::1", "0:6379") {
		t.Error("an address is another one")
	}
	nodes, err := ParseNodes("0a1 2001:db8::10:6379@16379,,tls-port=0,shard-id=1 myself,master - 0 0 1 connected 0-100\n0a2 2001:db8::11:6379@16379 slave 0a1 0 0 1 connected\n", "")
	if err != nil || len(nodes) != 2 || nodes[0].Addr != six || nodes[1].Addr.Host != "2001:db8::11" {
		t.Errorf("%v %v", nodes, err)
	}
	own, err := ParseNodes("0a1 :6379@16379 myself,master - 0 0 1 connected\n", "2001:db8::10")
	if err != nil || own[0].Addr != six {
		t.Errorf("a node that does not know its address yet: %v %v", own, err)
	}
}
