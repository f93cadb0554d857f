package ai.rails.domain.workflow;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// When a schedule is due: five fields of cron (minute, hour, day of month, month, day of week) in
/// a time zone.
///
/// Where clocks are put back, an hour that is named comes once, and `*` in the hour goes on through
/// both; where they are put forward, a time that does not exist comes as much later as the clocks
/// jump. If day of month and day of week are both named, either is enough, as cron has it.
public final class Cron {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final int FIELDS = 5;
  private static final int SUNDAY_AGAIN = 7;

  /// The 29th of February may be eight years away.
  private static final int LONGEST_DAYS = 8 * 366 + 2;

  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet days;
  private final BitSet months;
  private final BitSet weekdays;
  private final boolean anyHour;
  private final boolean anyDay;
  private final boolean anyWeekday;
  private final ZoneId zone;

  private Cron(List<String> fields, ZoneId zone) {
    this.minutes = field(fields.get(0), 0, 59, List.of());
    this.hours = field(fields.get(1), 0, 23, List.of());
    this.days = field(fields.get(2), 1, 31, List.of());
    this.months = field(fields.get(3), 1, 12, MONTHS);
    this.weekdays = field(fields.get(4), 0, SUNDAY_AGAIN, DAYS);
    if (weekdays.get(SUNDAY_AGAIN)) {
      weekdays.set(0);
    }
    this.anyHour = hours.cardinality() == 24;
    this.anyDay = fields.get(2).startsWith("*");
    this.anyWeekday = fields.get(4).startsWith("*");
    this.zone = zone;
  }

  /// @param expression for example `0 7 * * MON-FRI`
  /// @param zone for example `Europe/Berlin`
  /// @throws IllegalArgumentException saying what is wrong with the expression or the zone
  public static Cron of(String expression, String zone) {
    List<String> fields = List.of(expression.strip().split(" +"));
    if (fields.size() != FIELDS) {
      throw new IllegalArgumentException(
          "a schedule has five fields (minute hour day month weekday); this one has %d"
              .formatted(fields.size()));
    }
    return new Cron(fields, zoneOf(zone));
  }

  private static ZoneId zoneOf(String zone) {
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("there is no time zone %s".formatted(zone), e);
    }
  }

  /// The first time it is due after an instant; empty if it never is, as on the 31st of February.
  public Optional<Instant> next(Instant after) {
    // A time that does not exist moves on, over midnight perhaps: the day before is looked at too.
    LocalDate first = ZonedDateTime.ofInstant(after, zone).toLocalDate().minusDays(1);
    for (int day = 0; day <= LONGEST_DAYS; day++) {
      LocalDate date = first.plusDays(day);
      if (falls(date)) {
        Optional<Instant> next = times(date).stream().filter(after::isBefore).findFirst();
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  private boolean falls(LocalDate date) {
    boolean day = days.get(date.getDayOfMonth());
    boolean weekday = weekdays.get(date.getDayOfWeek().getValue() % SUNDAY_AGAIN);
    boolean falls = anyDay || anyWeekday ? day && weekday : day || weekday;
    return falls && months.get(date.getMonthValue());
  }

  /// What a day's clock shows when it is due, as instants in order.
  private List<Instant> times(LocalDate date) {
    List<Instant> times = new ArrayList<>();
    for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
      for (int minute = minutes.nextSetBit(0);
          minute >= 0;
          minute = minutes.nextSetBit(minute + 1)) {
        add(times, date.atTime(LocalTime.of(hour, minute)));
      }
    }
    times.sort(null);
    return times;
  }

  private void add(List<Instant> times, LocalDateTime local) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (anyHour) {
      offsets.forEach(offset -> times.add(local.toInstant(offset)));
    } else {
      // The earlier of two; what does not exist moves on by the jump.
      times.add(ZonedDateTime.of(local, zone).toInstant());
    }
  }

  private static BitSet field(String text, int least, int most, List<String> names) {
    BitSet set = new BitSet();
    for (String part : text.split(",", -1)) {
      String[] step = part.split("/", -1);
      String[] range = step[0].equals("*") ? new String[0] : step[0].split("-", -1);
      int from = range.length == 0 ? least : number(range[0], least, most, names);
      int to =
          switch (range.length) {
            case 0 -> most == SUNDAY_AGAIN ? most - 1 : most;
            case 1 -> from;
            default -> number(range[1], least, most, names);
          };
      int every = step.length == 1 ? 1 : number(step[1], 1, most, List.of());
      if (step.length > 2 || range.length > 2 || to < from || (step.length == 2 && to == from)) {
        throw wrong(part, least, most);
      }
      for (int value = from; value <= to; value += every) {
        set.set(value);
      }
    }
    return set;
  }

  private static int number(String text, int least, int most, List<String> names) {
    int named = names.indexOf(text);
    if (named >= 0) {
      return named + (names.equals(MONTHS) ? 1 : 0);
    }
    if (text.isEmpty() || text.length() > 2 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(text, least, most);
    }
    int value = Integer.parseInt(text);
    if (value < least || value > most) {
      throw wrong(text, least, most);
    }
    return value;
  }

  private static IllegalArgumentException wrong(String part, int least, int most) {
    return new IllegalArgumentException(
        "`%s` is no list of numbers from %d to %d, ranges a-b, * or steps */n"
            .formatted(part, least, most));
  }
}
