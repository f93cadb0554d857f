package ai.rails.enclave.gateway;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Personal data that can be told by its form: e-mail and IP addresses, numbers of cards and of
/// accounts (with a right checksum), US social security numbers, telephone numbers that are written
/// as such. Names and postal addresses have no form and are not found: a manifest hides their
/// members. Stateless.
final class PersonalData {
  private static final String HIDDEN = "[redacted]";
  private static final BigInteger IBAN_MODULUS = BigInteger.valueOf(97);
  private static final int PHONE_MIN = 7;
  private static final int PHONE_MAX = 15;

  private static final Pattern EMAIL =
      Pattern.compile("[\\p{L}\\d._%+'-]{1,64}@[\\p{L}\\d.-]{1,253}\\.\\p{L}{2,24}");
  // ISO 13616: country, check digits, up to 30 characters; in groups of four on paper.
  private static final Pattern IBAN =
      Pattern.compile(
          "(?<![A-Za-z0-9])[A-Za-z]{2}\\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?"
              + "(?![A-Za-z0-9])");
  // ISO/IEC 7812: 12 to 19 digits.
  private static final Pattern CARD =
      Pattern.compile("(?<![\\w.-])\\d(?:[ -]?\\d){11,18}(?![\\w-])");
  private static final Pattern SSN = Pattern.compile("(?<![\\w-])\\d{3}-\\d{2}-\\d{4}(?![\\w-])");
  private static final Pattern IPV4 =
      Pattern.compile(
          "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)"
              + "(?![\\w.]*\\w)");
  // As written in full.
  private static final Pattern IPV6 =
      Pattern.compile("(?<![\\w:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\\w:])");
  private static final Pattern PHONE =
      Pattern.compile(
          "(?<![\\w.+-])(?!\\d{4}-\\d{2}-\\d{2})(?:\\+|\\((?=\\d{1,4}\\)))?\\d[\\d ().-]{5,22}\\d"
              + "(?:x\\d{1,5})?(?![\\w-])");
  private static final Pattern BARE = Pattern.compile("\\d+");

  private PersonalData() {}

  /// The text with such data replaced; all else stays as it was.
  static String masked(String text) {
    String masked = EMAIL.matcher(text).replaceAll(HIDDEN);
    masked = IBAN.matcher(masked).replaceAll(found -> isIban(found) ? HIDDEN : same(found));
    masked = CARD.matcher(masked).replaceAll(found -> isCard(found) ? HIDDEN : same(found));
    masked = SSN.matcher(masked).replaceAll(HIDDEN);
    masked = IPV4.matcher(masked).replaceAll(HIDDEN);
    masked = IPV6.matcher(masked).replaceAll(HIDDEN);
    return PHONE.matcher(masked).replaceAll(found -> isPhone(found) ? HIDDEN : same(found));
  }

  private static String same(MatchResult found) {
    return Matcher.quoteReplacement(found.group());
  }

  private static boolean isIban(MatchResult found) {
    String iban = found.group().replace(" ", "").toUpperCase(Locale.ROOT);
    StringBuilder digits = new StringBuilder();
    (iban.substring(4) + iban.substring(0, 4))
        .chars()
        .forEach(each -> digits.append(Character.digit(each, 36)));
    return new BigInteger(digits.toString()).mod(IBAN_MODULUS).equals(BigInteger.ONE);
  }

  /// By the check digit (Luhn).
  private static boolean isCard(MatchResult found) {
    String digits = digits(found);
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(digits.length() - 1 - i), 10);
      int weighed = i % 2 == 0 ? digit : 2 * digit;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }

  /// A number without any separator is as well an id.
  private static boolean isPhone(MatchResult found) {
    int digits = digits(found).length();
    return digits >= PHONE_MIN && digits <= PHONE_MAX && !BARE.matcher(found.group()).matches();
  }

  private static String digits(MatchResult found) {
    return found.group().replaceAll("x\\d+$", "").replaceAll("\\D", "");
  }
}
