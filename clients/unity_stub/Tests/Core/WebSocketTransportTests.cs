using System;
using System.Diagnostics;
using System.Threading;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    public sealed class WebSocketTransportTests
    {
        private const int PatienceMs = 20000;

        private static void Until(Func<bool> holds, string what)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!holds())
            {
                Assert.IsTrue(watch.ElapsedMilliseconds < PatienceMs, what);
                Thread.Sleep(2);
            }
        }

        private static WebSocketTransport Closed(string address)
        {
            var transport = new WebSocketTransport();
            transport.Open(address);
            Until(() => transport.State == TransportState.Closed, "it closes");
            return transport;
        }

        private static WebSocketTransport Opened(LoopbackServer server)
        {
            var transport = new WebSocketTransport();
            transport.Open(server.Address);
            Until(() => transport.State == TransportState.Open, "it opens");
            return transport;
        }

        [Test]
        public void AnAddressThatIsNoneIsToldAsTheClose()
        {
            foreach (string address in new[] { "nowhere", "http://[", null, "mailto:ann" })
            {
                WebSocketTransport transport = Closed(address);
                Assert.AreEqual(1006, transport.CloseCode, address);
                Assert.IsTrue(transport.CloseReason.Length > 0, address);
            }
        }

        [Test]
        public void AServerOfAnotherProtocolIsLeftForGood()
        {
            foreach (string spoken in new[] { null, "another" })
            {
                using (var server = new LoopbackServer(spoken, served => served.AwaitClose()))
                {
                    WebSocketTransport transport = Closed(server.Address);
                    Assert.AreEqual((int)CloseCode.ProtocolError, transport.CloseCode, spoken);
                    Assert.IsTrue(transport.CloseReason.Contains(Wire.Subprotocol), transport.CloseReason);
                    Assert.IsFalse(Backoff.Reconnects(transport.CloseCode));
                }
            }
        }

        [Test]
        public void WhoseServerBreaksTheRulesOfMessagesLeavesForGoodAndSaysWhy()
        {
            for (int opcode = LoopbackServer.Text; opcode <= LoopbackServer.Binary; opcode++)
            {
                var message = new byte[opcode == LoopbackServer.Text ? 10 : (1 << 20) + 1];
                using (var server = new LoopbackServer(Wire.Subprotocol, served =>
                {
                    served.Send(opcode, message);
                    served.AwaitClose();
                }))
                {
                    WebSocketTransport transport = Closed(server.Address);
                    int code = opcode == LoopbackServer.Text ? 1003 : 1009;
                    Assert.AreEqual(code, transport.CloseCode);
                    Assert.IsTrue(transport.CloseReason.Length > 0);
                    Until(() => server.ClosedWith == code, "the server is told");
                }
            }
        }

        [Test]
        public void WhoTakesNothingInReadsNoMoreAndLosesNothing()
        {
            const int Count = 4000, Size = 16384;
            int sent = 0;
            using (var server = new LoopbackServer(Wire.Subprotocol, served =>
            {
                for (int number = 0; number < Count; number++)
                {
                    var message = new byte[Size];
                    BitConverter.GetBytes(number).CopyTo(message, 0);
                    served.Send(LoopbackServer.Binary, message);
                    Interlocked.Increment(ref sent);
                }
                served.Send(LoopbackServer.Closing, new byte[] { 0x03, 0xE9 });
                served.AwaitClose();
            }))
            {
                WebSocketTransport transport = Opened(server);
                int before = -1;
                for (int now = 0; now != before; now = Volatile.Read(ref sent))
                {
                    before = now;
                    Thread.Sleep(500);
                }
                // Besides the queue there are the sockets' own buffers, which have some MB.
                Assert.IsTrue(before < Count / 2, before + " messages went through");
                int taken = 0;
                Until(() => TakeAll(transport, ref taken) == Count && transport.State == TransportState.Closed, "all come");
                Assert.AreEqual(1001, transport.CloseCode);
            }
        }

        private static int TakeAll(WebSocketTransport transport, ref int taken)
        {
            Incoming message;
            while (transport.TryReceive(out message))
            {
                Assert.AreEqual(taken, BitConverter.ToInt32(message.Data, 0));
                transport.Release(message);
                taken++;
            }
            return taken;
        }

        [Test]
        public void AFarewellIsAnsweredAlsoWhereNobodyTakesWhatCame()
        {
            using (var server = new LoopbackServer(Wire.Subprotocol, served =>
            {
                for (int number = 0; number < 500; number++)
                {
                    served.Send(LoopbackServer.Binary, new byte[100]);
                }
                served.AwaitClose();
                served.Send(LoopbackServer.Closing, new byte[] { 0x03, 0xE8 });
            }))
            {
                WebSocketTransport transport = Opened(server);
                Thread.Sleep(200);
                transport.Close((int)CloseCode.Normal);
                Until(() => transport.State == TransportState.Closed, "it closes");
                Assert.AreEqual(1000, transport.CloseCode);
                Assert.AreEqual(1000, server.ClosedWith);
            }
        }

        [Test]
        public void AFarewellToAServerThatReadsNothingEnds()
        {
            var done = new ManualResetEvent(false);
            using (var server = new LoopbackServer(Wire.Subprotocol, served => done.WaitOne(60000)))
            {
                WebSocketTransport transport = Opened(server);
                var message = new byte[1 << 20];
                for (int count = 0; count < 48; count++)
                {
                    transport.Send(message, message.Length);
                }
                transport.Close((int)CloseCode.Normal);
                Until(() => transport.State == TransportState.Closed, "the socket is given up after two seconds");
                done.Set();
            }
        }
    }
}
