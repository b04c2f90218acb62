package model

import (
	"fmt"
	"slices"
	"strings"

	"pig/internal/diag"
)

// commands are those of Redis 7.0, as COMMAND LIST gives them, and what versions up to 8.2 added.
var commands = strings.Fields(`
acl append asking auth bgrewriteaof bgsave bitcount bitfield bitfield_ro bitop bitpos blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax
bzpopmin client cluster command config copy dbsize debug decr decrby del discard dump echo eval eval_ro evalsha evalsha_ro exec exists
expire expireat expiretime failover fcall fcall_ro flushall flushdb function geoadd geodist geohash geopos georadius georadius_ro
georadiusbymember georadiusbymember_ro geosearch geosearchstore get getbit getdel getex getrange getset hdel hello hexists hexpire hexpireat
hexpiretime hget hgetall hgetdel hgetex hincrby hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire hpexpireat hpexpiretime hpttl
hrandfield hscan hset hsetex hsetnx hstrlen httl hvals incr incrby incrbyfloat info keys lastsave latency lcs lindex linsert llen lmove
lmpop lolwut lpop lpos lpush lpushx lrange lrem lset ltrim memory mget migrate module monitor move mset msetnx multi object persist pexpire
pexpireat pexpiretime pfadd pfcount pfdebug pfmerge pfselftest ping psetex psubscribe psync pttl publish pubsub punsubscribe quit randomkey
readonly readwrite rename renamenx replconf replicaof reset restore restore-asking role rpop rpoplpush rpush rpushx sadd save scan scard
script sdiff sdiffstore select set setbit setex setnx setrange shutdown sinter sintercard sinterstore sismember slaveof slowlog smembers
smismember smove sort sort_ro spop spublish srandmember srem sscan ssubscribe strlen subscribe substr sunion sunionstore sunsubscribe swapdb
sync time touch ttl type unlink unsubscribe unwatch vadd vcard vdim vemb vgetattr vinfo vlinks vrandmember vrem vsetattr vsim wait waitaof
watch xack xackdel xadd xautoclaim xclaim xdel xdelex xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim zadd zcard
zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex
zrangebyscore zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank
zscan zscore zunion zunionstore
`)

// IsCommand tells whether Redis has a command.
func IsCommand(name string) bool { return slices.Contains(commands, strings.ToLower(name)) }

// CheckCommand tells what is wrong with a command that is to be renamed: Redis does not start with one that it does not have. The server may
// be newer than the list.
func CheckCommand(name string) error {
	if IsCommand(name) {
		return nil
	}
	if base, _, sub := strings.Cut(name, "|"); sub {
		return fmt.Errorf("unknown command %q: all subcommands of %s share one name", name, base)
	}
	if near := diag.DidYouMean(strings.ToLower(name), commands); near != "" {
		return fmt.Errorf("unknown command %q: Redis would not start with it; %s", name, near)
	}
	return fmt.Errorf("unknown command %q: Redis does not start with it", name)
}
