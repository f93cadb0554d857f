package main // go run . BUNDLE_DIRECTORY LOG_VKEY: every entry of an evidence bundle is in the log that the key signed

import (
	"fmt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"os"
	"strconv"
	"strings"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
func main() {
	ledger := os.Args[1] + "/data/ledger/"
	opened := must(note.Open(must(os.ReadFile(ledger+"checkpoint")), note.VerifierList(must(note.NewVerifier(os.Args[2])))))
	tree := must(tlog.ParseTree([]byte("go.sum database tree\n" + strings.SplitN(opened.Text, "\n", 2)[1])))
	for leaf := range strings.Lines(string(must(os.ReadFile(ledger + "entries.jsonl")))) {
		seq, _, _ := strings.Cut(strings.SplitN(leaf, `"seq":`, 2)[1], ",")
		text, proof := must(os.ReadFile(ledger+"proofs/"+seq+".tlog-proof")), tlog.RecordProof{}
		for _, hash := range strings.Fields(strings.Split(string(text), "\n\n")[0])[3:] {
			proof = append(proof, must(tlog.ParseHash(hash)))
		}
		must(0, tlog.CheckRecord(proof, tree.N, tree.Hash, must(strconv.ParseInt(seq, 10, 64))-1, tlog.RecordHash([]byte(strings.TrimSpace(leaf)))))
	}
	fmt.Println("every entry is in the tree of", tree.N)
}
