using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Polyclinic
{
    /// <summary>What the front desk's answers need of JSON (RFC 8259): the kinds of MsgpackReader, but no binary. Throws
    /// FormatException for what is not JSON.</summary>
    public sealed class Json
    {
        private const int DepthMax = 64;
        private readonly string text;
        private int at;

        private Json(string text)
        {
            this.text = text;
        }

        public static object Read(string text)
        {
            var json = new Json(text);
            object value = json.Value(0);
            if (json.Peek() != '\0')
            {
                throw json.Fault();
            }
            return value;
        }

        private FormatException Fault()
        {
            return new FormatException("not JSON at character " + at);
        }

        /// <summary>The next character that is not white space, not yet passed; '\0' at the end.</summary>
        private char Peek()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0)
            {
                at++;
            }
            return at < text.Length ? text[at] : '\0';
        }

        private void Expect(char wanted)
        {
            if (Peek() != wanted)
            {
                throw Fault();
            }
            at++;
        }

        private bool Passed(char wanted)
        {
            bool there = Peek() == wanted;
            at += there ? 1 : 0;
            return there;
        }

        private object Value(int depth)
        {
            if (depth > DepthMax)
            {
                throw Fault();
            }
            switch (Peek())
            {
                case '{': return Map(depth);
                case '[': return List(depth);
                case '"': return Text();
                case 't': return Word("true", true);
                case 'f': return Word("false", false);
                case 'n': return Word("null", null);
                default: return Number();
            }
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                throw Fault();
            }
            at += word.Length;
            return value;
        }

        private Dictionary<string, object> Map(int depth)
        {
            var map = new Dictionary<string, object>();
            Expect('{');
            if (Passed('}'))
            {
                return map;
            }
            do
            {
                Peek();
                string key = Text();
                Expect(':');
                map[key] = Value(depth + 1);
            }
            while (Passed(','));
            Expect('}');
            return map;
        }

        private List<object> List(int depth)
        {
            var list = new List<object>();
            Expect('[');
            if (Passed(']'))
            {
                return list;
            }
            do
            {
                list.Add(Value(depth + 1));
            }
            while (Passed(','));
            Expect(']');
            return list;
        }

        private object Number()
        {
            int start = at;
            while (at < text.Length && "+-0123456789.eE".IndexOf(text[at]) >= 0)
            {
                at++;
            }
            string digits = text.Substring(start, at - start);
            long whole;
            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
            {
                return whole;
            }
            ulong large;
            if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out large))
            {
                return large;
            }
            double real;
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out real))
            {
                throw Fault();
            }
            return real;
        }

        private string Text()
        {
            Expect('"');
            var built = new StringBuilder();
            for (; at < text.Length && text[at] != '"'; at++)
            {
                built.Append(text[at] == '\\' ? Escaped() : text[at]);
            }
            if (at >= text.Length)
            {
                throw Fault();
            }
            at++;
            return built.ToString();
        }

        private char Escaped()
        {
            at++;
            int known = at < text.Length ? "\"\\/bfnrt".IndexOf(text[at]) : -1;
            if (known >= 0)
            {
                return "\"\\/\b\f\n\r\t"[known];
            }
            ushort unit;
            if (at + 4 >= text.Length || text[at] != 'u' || !ushort.TryParse(text.Substring(at + 1, 4),
                NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit))
            {
                throw Fault();
            }
            at += 4;
            return (char)unit;
        }

        /// <summary>Spell a value out; strings in ASCII.</summary>
        public static string Write(object value)
        {
            var built = new StringBuilder();
            Write(built, value);
            return built.ToString();
        }

        private static void Write(StringBuilder built, object value)
        {
            if (value is string)
            {
                WriteText(built, (string)value);
            }
            else if (value is IDictionary<string, object>)
            {
                string separator = "{";
                foreach (KeyValuePair<string, object> entry in (IDictionary<string, object>)value)
                {
                    built.Append(separator);
                    WriteText(built, entry.Key);
                    built.Append(':');
                    Write(built, entry.Value);
                    separator = ",";
                }
                built.Append(separator == "{" ? "{}" : "}");
            }
            else if (value is System.Collections.IEnumerable)
            {
                string separator = "[";
                foreach (object entry in (System.Collections.IEnumerable)value)
                {
                    built.Append(separator);
                    Write(built, entry);
                    separator = ",";
                }
                built.Append(separator == "[" ? "[]" : "]");
            }
            else if (value is bool || value == null)
            {
                built.Append(value == null ? "null" : (bool)value ? "true" : "false");
            }
            else
            {
                built.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        private static void WriteText(StringBuilder built, string value)
        {
            built.Append('"');
            foreach (char unit in value)
            {
                if (unit == '"' || unit == '\\')
                {
                    built.Append('\\').Append(unit);
                }
                else if (unit < ' ' || unit > '~')
                {
                    built.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
                }
                else
                {
                    built.Append(unit);
                }
            }
            built.Append('"');
        }
    }
}
