using System;

namespace Polyclinic
{
    public enum TransportState
    {
        Opening,
        Open,

        /// <summary>Everything that came before was received, or can still be.</summary>
        Closed,
    }

    /// <summary>A message that came in: the first `Length` bytes of `Data`, until it is released.</summary>
    public struct Incoming
    {
        public byte[] Data;
        public int Length;
    }

    /// <summary>One WebSocket with binary messages. All calls come from one thread, and none blocks.</summary>
    public interface ITransport : IDisposable
    {
        TransportState State { get; }

        /// <summary>Of the close: the server's code, or 1006 if no close frame came.</summary>
        int CloseCode { get; }

        /// <summary>For people.</summary>
        string CloseReason { get; }

        void Open(string address);

        /// <summary>Take the next message that came, also after the close.</summary>
        bool TryReceive(out Incoming message);

        void Release(Incoming message);

        /// <summary>Send a copy of the first `length` bytes.</summary>
        void Send(byte[] data, int length);

        /// <summary>Send what waits, then a close frame.</summary>
        void Close(int code);
    }
}
