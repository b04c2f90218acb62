package cmdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pig/internal/diag"
)

// Suffix is that of a file that names a CMDB: one line with its connection string.
const Suffix = ".cmdb"

// connectTimeout is how long a connection may take, where the connection string does not say.
const connectTimeout = 5 * time.Second

var keyValue = regexp.MustCompile(`^(?:service|host|hostaddr|dbname|user|port)\s*=`)

// Named gives the connection string that a name of an inventory stands for: a URL, a libpq string such as service=meta, or a file with one. ok is
// false for what names something else.
func Named(name string) (dsn string, ok bool, err error) {
	switch {
	case strings.HasPrefix(name, "postgres://"), strings.HasPrefix(name, "postgresql://"), keyValue.MatchString(name):
		return name, true, nil
	case !strings.HasSuffix(name, Suffix):
		return "", false, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", true, fmt.Errorf("cannot read %s: %w", name, err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			if inner, is, _ := Named(line); is && !strings.HasSuffix(line, Suffix) {
				return inner, true, nil
			}
			return "", true, diag.Errorf(diag.Pos{File: name}, "invalid connection string in %s", name).WithHint("write service=NAME, or postgres://HOST/DATABASE")
		}
	}
	return "", true, diag.Errorf(diag.Pos{File: name}, "no connection string in %s", name)
}

// DB is a connection to a CMDB.
type DB struct {
	conn *pgx.Conn
	// Name is how people know the database: without a password.
	Name string
}

// ErrDown is why nothing is read: the database does not answer.
var ErrDown = errors.New("the CMDB cannot be reached")

// Open connects. Service files, environment, password files and TLS are libpq's.
func Open(ctx context.Context, dsn string) (*DB, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		d := diag.Errorf(diag.Pos{}, "invalid connection string of the CMDB: %v", unquoted(err))
		if strings.Contains(d.Summary, "service") {
			return nil, d.WithHint("name the service in ~/.pg_service.conf, or give postgres://HOST/DATABASE")
		}
		return nil, d
	}
	if c.ConnectTimeout == 0 || c.ConnectTimeout > time.Minute {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "pig"
	}
	ctx, cancel := context.WithTimeout(ctx, c.ConnectTimeout*time.Duration(1+len(c.Fallbacks)))
	defer cancel()
	name := nameOf(dsn, c)
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		var refused *pgconn.PgError
		switch {
		case errors.As(err, &refused) && refused.Code == "3D000":
			return nil, diag.Errorf(diag.Pos{}, "cannot connect to the CMDB %s: %s", name, refused.Message).WithHint("create the database: createdb %s", c.Database)
		case refused != nil:
			return nil, fmt.Errorf("cannot connect to the CMDB %s: %s", name, refused.Message)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrDown, name, cause(err))
	}
	return &DB{conn: conn, Name: name}, nil
}

// Close ends the connection.
func (db *DB) Close() { _ = db.conn.Close(context.Background()) }

// unquoted is an error of a connection string without the string, which may hold a password.
func unquoted(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return errors.New("want service=NAME, key=value pairs or postgres://HOST/DATABASE")
}

// cause is what kept a connection from being made, in a few words.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	return err
}

// nameOf is a connection string for people.
func nameOf(dsn string, c *pgx.ConnConfig) string {
	if m := serviceName.FindStringSubmatch(dsn); m != nil {
		return "service=" + m[1]
	}
	host := c.Host
	if !strings.HasPrefix(host, "/") && host != "" {
		host = net.JoinHostPort(host, fmt.Sprint(c.Port))
	}
	return fmt.Sprintf("%s/%s", host, c.Database)
}

var serviceName = regexp.MustCompile(`(?:^|[\s?&])service=([^\s&]+)`)

// message is an error of the database for people.
func message(err error) error {
	var e *pgconn.PgError
	switch {
	case !errors.As(err, &e):
		return err
	case e.Code == "3F000" || e.Code == "42P01":
		return diag.Errorf(diag.Pos{}, "the database has no CMDB").WithHint("create the tables: pig cmdb init")
	case e.Code == "55P03":
		return diag.Errorf(diag.Pos{}, "another transaction is writing to the CMDB").WithHint("try again when the other transaction has ended")
	}
	d := diag.Errorf(diag.Pos{}, "%s", e.Message)
	d.Cause = err
	if e.Hint != "" {
		d.Hint = e.Hint
	}
	return d
}
