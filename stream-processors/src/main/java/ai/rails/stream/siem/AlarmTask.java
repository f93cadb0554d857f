package ai.rails.stream.siem;

import java.util.Objects;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

import ai.rails.stream.siem.Notices.Place;

/// Tells the cell's alarms to the tenants whom they concern. Owned by one stream thread.
final class AlarmTask implements Processor<byte[], byte[], byte[], byte[]> {
  private final SiemCounters counters;
  private final Feed feed;
  private final Notices notices;
  private @Nullable ProcessorContext<byte[], byte[]> context;

  AlarmTask(String cellDomain, FeedVersion version, SiemCounters counters) {
    this.counters = counters;
    this.feed = new Feed(cellDomain);
    this.notices = new Notices(cellDomain, version);
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> newContext) {
    this.context = newContext;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    var here = Objects.requireNonNull(context, "init comes first");
    long offset = here.recordMetadata().orElseThrow().offset();
    AlarmRead.of(record.value())
        .ifPresent(alarm -> {
          var place = new Place(alarm.tenant(), alarm.workspace(), record.timestamp());
          here.forward(feed.write(notices.alarm(place, alarm, "alarm:" + offset)));
          counters.alarmsAdder.increment();
        });
  }
}
