package ai.rails.stream.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

import ai.rails.schema.Topics;

/// Topics of one partition that a test fills, cuts and makes again.
final class TopicsInMemory implements TopicStates {
  @SuppressWarnings("ArrayRecordComponent") // bytes of a record; never compared
  private record Entry(String key, byte[] value) {}

  private final Map<String, List<Entry>> records = new HashMap<>();
  private final Map<String, Integer> made = new HashMap<>();

  void add(String topic, String key, byte[] value) {
    made.putIfAbsent(topic, 1);
    records.computeIfAbsent(topic, t -> new ArrayList<>()).add(new Entry(key, value));
  }

  void removeLast(String topic) {
    Objects.requireNonNull(records.get(topic)).removeLast();
  }

  void empty(String topic) {
    Objects.requireNonNull(records.get(topic)).clear();
  }

  void makeAgain(String topic) {
    records.put(topic, new ArrayList<>());
    made.merge(topic, 1, Integer::sum);
  }

  @Override
  public Set<String> tenants() {
    var tenants = new HashSet<String>();
    made.keySet().stream()
        .filter(topic -> Topics.LEDGERS.matcher(topic).matches())
        .forEach(topic -> Topics.tenant(topic).ifPresent(tenants::add));
    return tenants;
  }

  @Override
  public Map<String, TopicState> of(Collection<String> topics, int partition) {
    var states = new HashMap<String, TopicState>();
    topics.forEach(topic -> {
      if (made.containsKey(topic)) {
        String id = topic + made.get(topic);
        states.put(topic, new TopicState(id, records.getOrDefault(topic, List.of()).size()));
      }
    });
    return states;
  }

  @Override
  public void read(String topic, int partition, long offsetsMax, BiConsumer<String, byte[]> each) {
    List<Entry> all = records.getOrDefault(topic, List.of());
    int from = (int) Math.max(0, all.size() - offsetsMax);
    List.copyOf(all.subList(from, all.size())).forEach(e -> each.accept(e.key(), e.value()));
  }
}
