// Verifies a static export of a log with Go's own implementation of transparency logs (golang.org/x/mod/sumdb): signatures by
// note, every tile and every record by tlog. Nothing of Charterkeep is used.
//
// verify-log DIR LOG-VKEY [WITNESS-VKEY [OLDER-CHECKPOINT]]; an empty WITNESS-VKEY is none.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func check(ok bool, format string, args ...any) {
	if !ok {
		must(fmt.Errorf(format, args...))
	}
}

// cosigner verifies lines of C2SP tlog-cosignature (type 0x04), which x/mod does not know by itself.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	check(len(parts) == 3, "no verifier key: %s", vkey)
	id, err := strconv.ParseUint(parts[1], 16, 32)
	must(err)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	check(len(key) == 33 && key[0] == 4, "no key of a witness: %s", vkey)
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	check(binary.BigEndian.Uint32(sum[:4]) == uint32(id), "the key id does not belong to the key: %s", vkey)
	return &cosigner{parts[0], uint32(id), key[1:]}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(body, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig[:8]))
	return ed25519.Verify(c.key, append([]byte(head), body...), sig[8:])
}

// open gives the tree that a checkpoint is signed for, and whose signatures hold.
func open(path string, verifiers ...note.Verifier) (tlog.Tree, []note.Signature) {
	text, err := os.ReadFile(path)
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifiers...))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	check(len(lines) >= 4 && lines[0] == verifiers[0].Name(), "%s is of another log", path)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	check(opened.Sigs[0].Name == verifiers[0].Name(), "%s is not signed by the log", path)
	return tlog.Tree{N: size, Hash: root}, opened.Sigs
}

// files reads tiles as C2SP tlog-tiles names them: x/mod puts the height of tiles in front.
type files string

func (files) Height() int                     { return 8 }
func (files) SaveTiles([]tlog.Tile, [][]byte) {}
func (dir files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		var err error
		if data[i], err = os.ReadFile(filepath.Join(string(dir), path)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// records calls f with every record of the entry bundles in order.
func records(dir string, size int64, f func(index int64, record []byte)) int64 {
	count := int64(0)
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: n, W: int(width)}.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, path))
		must(err)
		for reader := bytes.NewBuffer(data); reader.Len() > 0; count++ {
			length := reader.Next(2)
			check(len(length) == 2, "%s is cut off", path)
			record := reader.Next(int(binary.BigEndian.Uint16(length)))
			check(len(record) == int(binary.BigEndian.Uint16(length)), "%s is cut off", path)
			f(count, record)
		}
	}
	return count
}

func main() {
	args := append(os.Args[1:], "", "")
	dir, log := args[0], args[1]
	verifier, err := note.NewVerifier(log)
	must(err)
	verifiers := []note.Verifier{verifier}
	if args[2] != "" {
		verifiers = append(verifiers, newCosigner(args[2]))
	}
	tree, signatures := open(filepath.Join(dir, "checkpoint"), verifiers...)
	// Every tile that is read is checked against the signed root.
	hashes := tlog.TileHashReader(tree, files(dir))
	count := records(dir, tree.N, func(index int64, record []byte) {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(record)))
	})
	check(count == tree.N, "%d records, and the checkpoint is of %d", count, tree.N)
	fmt.Printf("%d records, each in the signed tree\n", count)
	for _, signature := range signatures {
		fmt.Println("signed by", signature.Name)
	}
	if len(args) > 5 || args[3] != "" {
		older, _ := open(args[3], verifier)
		proof, err := tlog.ProveTree(tree.N, older.N, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash))
		fmt.Printf("extends the tree of %d\n", older.N)
	}
}
