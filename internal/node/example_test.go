package node_test

import (
	"context"
	"fmt"
	"log"

	"pig/internal/node"
)

// A shadow plans: what is written is read again, and recorded, and the machine stays as it is.
func ExampleNewShadow() {
	machine := node.Bare{} // of which nothing is known; NewLive is the one that this process runs on
	system, err := node.NewShadow(machine).For(node.Task{User: "root", Record: func(c node.Change) {
		fmt.Println(c.Action, c.Kind, c.ID)
	}})
	if err != nil {
		log.Fatal(err)
	}
	files := system.Files()
	if err := files.Write("/etc/motd", []byte("welcome\n"), node.Attrs{}); err != nil {
		log.Fatal(err)
	}
	text, err := files.Read("/etc/motd")
	fmt.Printf("%q %v\n", text, err)
	// Output:
	// create file /etc/motd
	// "welcome\n" <nil>
}

// What only a run can tell is unknown, never guessed.
func ExampleSystem_exec() {
	system, err := node.NewShadow(node.Bare{}).For(node.Task{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = system.Exec(context.Background(), node.Cmd{Argv: []string{"pg_controldata"}, ReadOnly: true})
	fmt.Println(err)
	// Output:
	// the output of pg_controldata: known after apply
}
