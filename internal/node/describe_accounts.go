package node

import (
	"strconv"
	"strings"
)

func AddUserChange(name string, c AccountChange) Change {
	return Change{Kind: "user", ID: name, Action: "create", Attrs: accountDiff(Account{}, c)}
}

func ModifyUserChange(before Account, c AccountChange) Change {
	return Change{Kind: "user", ID: before.Name, Action: "update", Attrs: accountDiff(before, c)}
}

func accountDiff(before Account, c AccountChange) []Attr {
	var d []Attr
	text := func(name, was string, v *string) {
		if v != nil {
			d = append(d, Attr{name, was, *v})
		}
	}
	if c.UID != nil {
		was := ""
		if before.Name != "" {
			was = strconv.Itoa(before.UID)
		}
		d = append(d, Attr{"uid", was, strconv.Itoa(*c.UID)})
	}
	text("group", before.Group, c.Group)
	if c.Groups != nil {
		d = append(d, Attr{"groups", strings.Join(before.Groups, ","), strings.Join(*c.Groups, ",")})
	}
	text("home", before.Home, c.Home)
	text("shell", before.Shell, c.Shell)
	text("comment", before.Comment, c.Comment)
	if c.Password != nil {
		d = append(d, Attr{"password", "", "(set)"})
	}
	return d
}

func AddGroupChange(name string, gid *int) Change {
	c := Change{Kind: "group", ID: name, Action: "create"}
	if gid != nil {
		c.Attrs = []Attr{{"gid", "", strconv.Itoa(*gid)}}
	}
	return c
}

func ModifyGroupChange(before Group, gid int) Change {
	return Change{Kind: "group", ID: before.Name, Action: "update", Attrs: []Attr{{"gid", strconv.Itoa(before.GID), strconv.Itoa(gid)}}}
}
