package ai.rails.enclave.gateway;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// XML as JSON: an element with elements in it is an object, whose members are arrays, because
/// there may be several of a name; another element is its text. Attributes and name spaces are left
/// out; a document type is refused.
final class XmlBody {
  private static final int DEEPEST = 32;
  private static final int MOST = 20_000;

  private final Deque<ObjectNode> open = new ArrayDeque<>();
  private final Deque<StringBuilder> texts = new ArrayDeque<>();
  private int elements;

  private XmlBody() {}

  /// The root's content, or missing if it is no XML that may be read.
  static JsonNode read(String text) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    try {
      return new XmlBody().read(factory.createXMLStreamReader(new StringReader(text)));
    } catch (XMLStreamException _) {
      return MissingNode.getInstance();
    }
  }

  private JsonNode read(XMLStreamReader xml) throws XMLStreamException {
    JsonNode root = MissingNode.getInstance();
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> begin();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!texts.isEmpty()) {
            texts.element().append(xml.getText());
          }
        }
        case XMLStreamConstants.END_ELEMENT -> root = end(xml.getLocalName());
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new XMLStreamException("a document type is refused");
        default -> {
          // Comments and instructions say nothing.
        }
      }
    }
    return root;
  }

  private void begin() throws XMLStreamException {
    elements++;
    if (open.size() == DEEPEST || elements > MOST) {
      throw new XMLStreamException("too deep, or too many elements");
    }
    open.push(JsonNodeFactory.instance.objectNode());
    texts.push(new StringBuilder());
  }

  private JsonNode end(String name) {
    ObjectNode members = open.pop();
    String text = texts.pop().toString();
    JsonNode ended = members.isEmpty() ? TextNode.valueOf(text) : members;
    ObjectNode parent = open.peek();
    if (parent != null) {
      ArrayNode same = parent.get(name) instanceof ArrayNode known ? known : parent.putArray(name);
      same.add(ended);
    }
    return ended;
  }
}
