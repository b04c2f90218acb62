// Package model holds what pig knows of Redis and Valkey: their protocol, their configuration files, who follows whom, which
// slots lie where, and what a good topology is. It opens no connection and reads no file: modules do.
package model
