package ai.rails.attestation.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// One DER element (ITU-T X.690): as much of it as certificate extensions need. Children are read
/// when asked for, so nesting costs nothing.
///
/// @param tag the identifier octet
/// @param content the content octets
public record Der(int tag, Bytes content) {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int ENUMERATED = 0x0A;
  private static final int IA5_STRING = 0x16;
  private static final int SEQUENCE = 0x30;
  private static final int MOST_ELEMENTS = 64;
  private static final int MOST_INTEGER_OCTETS = 8;

  /// Reads one element that fills `encoded` to its end.
  public static Der of(Bytes encoded) throws Malformed {
    List<Der> elements = elements(encoded);
    if (elements.size() != 1) {
      throw new Malformed("DER: %d elements where one belongs".formatted(elements.size()));
    }
    return elements.getFirst();
  }

  public List<Der> sequence() throws Malformed {
    require(SEQUENCE, "SEQUENCE");
    return elements(content);
  }

  /// The dotted text of an object identifier.
  public String oid() throws Malformed {
    require(OBJECT_IDENTIFIER, "OBJECT IDENTIFIER");
    StringBuilder text = new StringBuilder();
    long arc = 0;
    boolean inside = false;
    for (int i = 0; i < content.length(); i++) {
      int octet = content.at(i);
      if (arc > Integer.MAX_VALUE || (!inside && octet == 0x80)) {
        throw new Malformed("DER: an object identifier with a bad arc");
      }
      arc = arc << 7 | (octet & 0x7F);
      inside = (octet & 0x80) != 0;
      if (!inside) {
        if (text.isEmpty()) {
          long first = Math.min(arc / 40, 2);
          text.append(first).append('.').append(arc - first * 40);
        } else {
          text.append('.').append(arc);
        }
        arc = 0;
      }
    }
    if (inside || text.isEmpty()) {
      throw new Malformed("DER: an object identifier that ends too early");
    }
    return text.toString();
  }

  /// An INTEGER or ENUMERATED between 0 and `most`.
  public int number(int most) throws Malformed {
    if (tag != INTEGER && tag != ENUMERATED) {
      throw new Malformed("DER: tag %d where a number belongs".formatted(tag));
    }
    if (content.length() == 0 || content.length() > MOST_INTEGER_OCTETS) {
      throw new Malformed("DER: a number of %d octets".formatted(content.length()));
    }
    BigInteger value = new BigInteger(content.toArray());
    if (value.signum() < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new Malformed("DER: a number outside 0 to %d".formatted(most));
    }
    return value.intValue();
  }

  public Bytes octets() throws Malformed {
    require(OCTET_STRING, "OCTET STRING");
    return content;
  }

  public Bytes octets(int length) throws Malformed {
    Bytes octets = octets();
    if (octets.length() != length) {
      throw new Malformed("DER: %d octets where %d belong".formatted(octets.length(), length));
    }
    return octets;
  }

  public boolean truth() throws Malformed {
    require(BOOLEAN, "BOOLEAN");
    if (content.length() != 1) {
      throw new Malformed("DER: a BOOLEAN of %d octets".formatted(content.length()));
    }
    return content.at(0) != 0;
  }

  /// The text of an IA5String, printable ASCII only.
  public String ascii() throws Malformed {
    require(IA5_STRING, "IA5String");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.length(); i++) {
      int octet = content.at(i);
      if (octet < 0x20 || octet > 0x7E) {
        throw new Malformed("DER: an IA5String that is not printable");
      }
      text.append((char) octet);
    }
    return text.toString();
  }

  private void require(int wanted, String name) throws Malformed {
    if (tag != wanted) {
      throw new Malformed("DER: tag %d where %s belongs".formatted(tag, name));
    }
  }

  private static List<Der> elements(Bytes encoded) throws Malformed {
    List<Der> elements = new ArrayList<>();
    int position = 0;
    while (position < encoded.length()) {
      if (elements.size() == MOST_ELEMENTS) {
        throw new Malformed("DER: more than %d elements".formatted(MOST_ELEMENTS));
      }
      Header header = Header.at(encoded, position);
      elements.add(new Der(header.tag(), encoded.slice(header.content(), header.length())));
      position = header.content() + header.length();
    }
    return elements;
  }

  private record Header(int tag, int content, int length) {
    static Header at(Bytes encoded, int position) throws Malformed {
      if (encoded.length() - position < 2) {
        throw new Malformed("DER: ends inside a header");
      }
      int tag = encoded.at(position);
      int first = encoded.at(position + 1);
      int content = position + 2;
      long length = first;
      if (first >= 0x80) {
        int octets = first & 0x7F;
        if (octets < 1 || octets > 3 || encoded.length() - content < octets) {
          throw new Malformed("DER: a length of %d octets".formatted(octets));
        }
        length = 0;
        for (int i = 0; i < octets; i++) {
          length = length << Byte.SIZE | encoded.at(content + i);
        }
        if (length < 0x80 || (octets > 1 && (length >>> ((octets - 1) * Byte.SIZE)) == 0)) {
          throw new Malformed("DER: a length that is not the shortest form");
        }
        content += octets;
      }
      if (length > encoded.length() - content) {
        throw new Malformed("DER: an element longer than what holds it");
      }
      return new Header(tag, content, (int) length);
    }
  }
}
