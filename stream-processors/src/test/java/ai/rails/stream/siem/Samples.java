package ai.rails.stream.siem;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.policy.Decision;
import ai.rails.schema.EventCodec;

/// An instance of any event, with texts as the maker says.
final class Samples {
  static final long NOON = 1_763_726_400_000L;
  static final String DOMAIN = "c1.airails.internal";

  private final Random random;
  private final String text;
  private final String id;

  private Samples(long seed, String text, String id) {
    this.random = new Random(seed);
    this.text = text;
    this.id = id;
  }

  /// With plain ids everywhere.
  static Samples plain(long seed) {
    return new Samples(seed, "x", "x");
  }

  /// With these everywhere: `text` where the domain takes any text, `id` where it takes an id.
  static Samples of(long seed, String text, String id) {
    return new Samples(seed, text, id);
  }

  /// Every event there is.
  static Stream<Class<?>> events() {
    return EventCodec.FEATURES.stream().flatMap(f -> Stream.of(f.getPermittedSubclasses()));
  }

  Event event(Class<?> type) {
    return (Event) record(type);
  }

  Entry entry(Class<?> type, long seq) {
    Event event = event(type);
    Header header = header("t-1", "w1", seq, Optional.of("r-1"));
    Leaf leaf = leaf(header, event, seq, "ab".repeat(32));
    return new Entry(leaf, Sha256.ofLeaf(leaf.bytes()), header, event);
  }

  static Leaf leaf(Header header, Event event, long seq, String prev) {
    return new Leaf(
        header.eventId(),
        "cd".repeat(32),
        event.entryType().name(),
        "ledger.%s/t/%s/w/%s/e/1".formatted(DOMAIN, header.tenant(), header.workspace()),
        prev,
        "ef".repeat(32),
        seq,
        NOON + seq,
        header.run().map(run -> new Leaf.RunPart(run, Optional.empty())),
        Optional.empty());
  }

  Header header(String tenant, String workspace, long seq, Optional<String> run) {
    return new Header(
        "0190a000-0000-7000-8000-%012d".formatted(seq),
        tenant,
        workspace,
        Optional.of("dev"),
        "Run",
        run.orElse("s-1"),
        seq,
        new Actor(List.of(Actor.Kind.values()).get(random.nextInt(4)), id),
        "c-1",
        "k-1",
        Optional.of("00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01"),
        Instant.ofEpochMilli(NOON + seq - 1),
        run,
        Optional.of("wf-1"));
  }

  private Object record(Class<?> type) {
    if (type == Money.class) {
      return new Money("EUR", random.nextLong(1L << 40));
    }
    if (type == SealedRef.class) {
      return new SealedRef(id, "ab".repeat(32), 77);
    }
    RecordComponent[] components = type.getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i].getGenericType());
    }
    if (type == Decision.class) {
      values[9] = Optional.empty(); // present only with DENY
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type, e);
    }
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection(generic);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return record(plain);
    }
    if (plain.isEnum()) {
      return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
    }
    return switch (plain.getSimpleName()) {
      case "String" -> text;
      case "int" -> random.nextInt(1, 600);
      case "long", "Long" -> random.nextLong(1L << 40);
      case "boolean" -> random.nextBoolean();
      case "Instant" -> Instant.ofEpochMilli(NOON + random.nextInt(1_000_000));
      default -> throw new IllegalStateException("no sample of " + type);
    };
  }

  private Object collection(ParameterizedType type) {
    Type last = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
    if (type.getRawType() == Optional.class) {
      return random.nextBoolean() ? Optional.of(value(last)) : Optional.empty();
    }
    int size = random.nextInt(4);
    if (type.getRawType() == List.class) {
      var list = new ArrayList<Object>();
      for (int i = 0; i < size; i++) {
        list.add(value(last));
      }
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.put(text + i, value(last));
    }
    return map;
  }
}
