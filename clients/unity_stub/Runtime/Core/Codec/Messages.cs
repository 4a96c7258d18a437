using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>msgpack messages, checked (SPEC.md section 3). Each throws WireFault.</summary>
    public static class Messages
    {
        /// <summary>Read a message of a server but a snapshot.</summary>
        public static IWireMap ReadServer(byte[] data, int length)
        {
            return Bodies.ReadServer(KindOf(data, length), new MsgpackReader(data, 1, length));
        }

        /// <summary>Read a message of a client but a pose.</summary>
        public static IWireMap ReadClient(byte[] data, int length)
        {
            return Bodies.ReadClient(KindOf(data, length), new MsgpackReader(data, 1, length));
        }

        /// <summary>Read the body of an event or a result.</summary>
        public static T ReadBody<T>(byte[] body, Func<IMapReader, T> read)
        {
            return read(new MsgpackReader(body, 0, body.Length));
        }

        private static Kind KindOf(byte[] data, int length)
        {
            if (length == 0)
            {
                throw new WireFault("an empty message");
            }
            return (Kind)data[0];
        }
    }
}
