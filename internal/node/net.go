package node

import (
	"context"
	"io"
	"net"
	"time"
)

// Net is the network as the machine sees it.
type Net interface {
	// Dial tries to open a TCP connection within timeout, reads up to limit bytes that the peer says first if limit > 0,
	// and closes it. A refused or silent peer is an error.
	Dial(ctx context.Context, host string, port int, timeout time.Duration, limit int) ([]byte, error)
	// HTTP makes one request.
	HTTP(ctx context.Context, r Request) (Response, error)
	// Converse opens a TCP connection and lets c.Speak use it. A Shadow converses only if it is ReadOnly; with a Change it
	// records that and takes it for done; else it gives ErrUnknown.
	Converse(ctx context.Context, c Conversation) error
	// Interfaces lists the network interfaces with their addresses.
	Interfaces() ([]Interface, error)
}

// Interface is a network interface.
type Interface struct {
	Name  string
	MTU   int
	Up    bool
	MAC   string
	Addrs []net.IPNet
}

// Conversation is what is said on one connection, in a protocol that the caller speaks: to Host and Port, or to a unix socket.
type Conversation struct {
	Host     string
	Port     int
	Socket   string
	Timeout  time.Duration // for all of it
	Speak    func(conn io.ReadWriter) error
	ReadOnly bool
	Needs    string  // as in Cmd
	Change   *Change // as in Cmd
}

// Request is an HTTP request.
type Request struct {
	Method   string
	URL      string
	Header   map[string]string
	Body     []byte
	Timeout  time.Duration
	User     string
	Password string
	CAFile   string
	CertFile string
	KeyFile  string
	Insecure bool // do not verify the server's certificate
	Socket   string
	NoFollow bool
	ReadOnly bool   // it changes nothing, so a plan may make it. GET and HEAD are taken so
	Needs    string // as in Cmd
	// Keyed says that Needs reads at its start whom it lets in, and the key of this request among them. Where a plan restarts it, nobody can tell
	// of a refusal (401, 403) whether it would still be one: it is ErrUnknown.
	Keyed  bool
	Change *Change // as in Cmd
	// Made tells by a failure that what Change makes is there: a try before, which was not answered, has made it. Nil where no failure says so.
	Made func(Response) bool
	// Into is a file for which the body is staged, instead of being in the answer; Tee gets it too. A Shadow fetches no such file.
	Into string
	Tee  io.Writer
	// Fits judges what was staged, once Tee has had all of it: its error is that of the request, and nothing stays staged.
	Fits func() error
}

// Done tells by the answer to r whether its Change is made.
func (r Request) Done(res Response) bool {
	return res.Status < 300 || r.Made != nil && r.Made(res)
}

// Response is the answer to a Request.
type Response struct {
	Status int
	Reason string
	URL    string
	Header map[string]string
	Body   []byte
	Size   int64 // of what was staged
}
