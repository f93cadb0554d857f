package ai.rails.app.conformance;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;

/// Merkle trees of RFC 6962 and 9162: transparency-dev's JSON files (inclusion, consistency, and
/// both of subtrees) and root hashes by size.
final class MerkleSuite implements Suite {
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  @Override
  public String name() {
    return "merkle";
  }

  @Override
  public String about() {
    return "inclusion and consistency proofs, root hashes (transparency-dev/merkle testdata)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    return Vectors.objects(directory).flatMap(MerkleSuite::cases);
  }

  private static Stream<Case> cases(Vectors.Named vector) {
    JsonNode object = vector.object();
    if (object.has("rootHashesHexBySize")) {
      return roots(vector);
    }
    if (object.has("leafIdx")) {
      return Stream.of(one(vector, () -> inclusion(object)));
    }
    if (object.has("size1") || (object.has("start") && object.has("size"))) {
      return Stream.of(one(vector, () -> consistency(object)));
    }
    return Stream.empty();
  }

  private static Case one(Vectors.Named vector, Proof proof) {
    boolean happy =
        vector.object().has("wantErr")
            ? !vector.object().get("wantErr").asBoolean()
            : vector.name().contains("happy");
    return new Case(
        vector.name(),
        happy ? Expectation.ACCEPT : Expectation.REJECT,
        () -> {
          try {
            return Outcome.of(proof.holds(), "the proof does not lead to the root");
          } catch (IllegalArgumentException refusal) {
            return Outcome.reject(Case.said(refusal));
          }
        });
  }

  private interface Proof {
    boolean holds();
  }

  private static boolean inclusion(JsonNode vector) {
    long index = number(vector, "leafIdx");
    byte[] leaf = bytes(vector.path("leafHash"));
    byte[] root = bytes(vector.path("root"));
    List<byte[]> proof = proof(vector);
    if (vector.has("start") || vector.has("end")) {
      long start = number(vector, "start");
      long end = number(vector, "end");
      Subtrees.requireValid(start, end);
      return Proofs.includes(leaf, index - start, end - start, proof, root);
    }
    return Proofs.includes(leaf, index, number(vector, "treeSize"), proof, root);
  }

  private static boolean consistency(JsonNode vector) {
    byte[] root1 = bytes(vector.path("root1"));
    byte[] root2 = bytes(vector.path("root2"));
    List<byte[]> proof = proof(vector);
    if (vector.has("start")) {
      return Subtrees.consistent(
          number(vector, "start"),
          number(vector, "end"),
          number(vector, "size"),
          proof,
          root1,
          root2);
    }
    long size1 = number(vector, "size1");
    if (size1 == 0) {
      throw new IllegalArgumentException("nothing is shown about a tree without entries");
    }
    return Proofs.consistent(size1, root1, number(vector, "size2"), root2, proof);
  }

  /// Trees over given leaves: their roots by size.
  private static Stream<Case> roots(Vectors.Named vector) {
    List<String> leaves = texts(vector.object().path("leafInputsHex"));
    List<String> roots = texts(vector.object().path("rootHashesHexBySize"));
    return IntStream.range(0, roots.size())
        .mapToObj(size ->
            new Case(
                "%s root of %d".formatted(vector.name(), size),
                Expectation.ACCEPT,
                () -> {
                  String root = HexFormat.of().formatHex(root(leaves.subList(0, size)));
                  return Outcome.of(root.equals(roots.get(size)), "the root is " + root);
                }));
  }

  private static byte[] root(List<String> leaves) {
    var frontier = new Frontier();
    leaves.forEach(leaf -> frontier.append(Merkle.leaf(HexFormat.of().parseHex(leaf))));
    return frontier.root();
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static List<byte[]> proof(JsonNode vector) {
    var hashes = new ArrayList<byte[]>();
    vector.path("proof").forEach(hash -> hashes.add(bytes(hash)));
    return hashes;
  }

  private static byte[] bytes(JsonNode text) {
    return text.isTextual() ? Base64.getDecoder().decode(text.textValue()) : new byte[0];
  }

  /// Sizes and indices are unsigned there; no log of ours has more than 2^63 - 1 entries.
  private static long number(JsonNode vector, String name) {
    return Optional.ofNullable(vector.get(name))
        .filter(JsonNode::isIntegralNumber)
        .map(JsonNode::bigIntegerValue)
        .filter(value -> value.signum() >= 0 && value.compareTo(LARGEST) <= 0)
        .map(BigInteger::longValueExact)
        .orElseThrow(() -> new IllegalArgumentException(name + " is no size of a tree"));
  }
}
