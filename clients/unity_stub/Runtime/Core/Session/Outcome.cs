using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>How an operation went.</summary>
    public sealed class Outcome
    {
        public readonly bool Ok;

        /// <summary>Stable: `held`, `stale`, `forbidden`, ...; empty where it went well; `lost` where the session ended
        /// before the answer.</summary>
        public readonly string Code;

        /// <summary>For people.</summary>
        public readonly string Detail;

        /// <summary>What the feature answered, as MsgpackReader.ReadMap reads it.</summary>
        public readonly Dictionary<string, object> Body;

        public Outcome(bool ok, string code, string detail, Dictionary<string, object> body)
        {
            Ok = ok;
            Code = code;
            Detail = detail;
            Body = body;
        }

        internal static Outcome Of(Result result)
        {
            byte[] body = result.Body ?? new byte[] { 0x80 };
            return new Outcome(result.Ok, result.Code, result.Detail, MsgpackReader.ReadMap(body, 0, body.Length));
        }

        internal static Outcome Lost
        {
            get { return new Outcome(false, "lost", "the session ended first", new Dictionary<string, object>()); }
        }
    }
}
