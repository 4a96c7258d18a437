using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>A socket that a test plays. Nothing may be done to it once it is disposed.</summary>
    public sealed class FakeWire : ITransport
    {
        public readonly List<byte[]> Sent = new List<byte[]>();
        public readonly Queue<byte[]> Coming = new Queue<byte[]>();

        public TransportState State { get; set; }
        public int CloseCode { get; set; }
        public string CloseReason { get { return ""; } }
        public int ClosedWith { get; private set; }
        public int Disposals { get; private set; }

        /// <summary>What was handed out and not given back.</summary>
        public int Lent { get; private set; }

        /// <summary>A socket that takes long to open.</summary>
        public bool Slow;

        public void Open(string address)
        {
            State = Slow ? TransportState.Opening : TransportState.Open;
        }

        public bool TryReceive(out Incoming message)
        {
            message = default(Incoming);
            if (Coming.Count == 0)
            {
                return false;
            }
            Lent++;
            message.Data = Coming.Dequeue();
            message.Length = message.Data.Length;
            return true;
        }

        public void Release(Incoming message)
        {
            Lent--;
        }

        public void Send(byte[] data, int length)
        {
            Assert.AreEqual(0, Disposals, "sent over a socket that was dropped");
            var copy = new byte[length];
            Buffer.BlockCopy(data, 0, copy, 0, length);
            Sent.Add(copy);
        }

        public void Close(int code)
        {
            ClosedWith = code;
        }

        public void Dispose()
        {
            Disposals++;
        }

        public void Fail(int code)
        {
            State = TransportState.Closed;
            CloseCode = code;
        }
    }

    /// <summary>A front desk that answers at once.</summary>
    public sealed class FakeDesk : IFrontDesk
    {
        public int Asked;
        public JoinRefused Refusal;

        public Task<Ticket> AskTicket(string room, string name, string role, string avatar)
        {
            Asked++;
            var answer = new TaskCompletionSource<Ticket>();
            if (Refusal != null)
            {
                answer.SetException(Refusal);
            }
            else
            {
                answer.SetResult(new Ticket { Value = "t", World = "ws://here/world" });
            }
            return answer.Task;
        }
    }
}
