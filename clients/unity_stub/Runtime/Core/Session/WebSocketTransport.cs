using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>A WebSocket of .NET, read and written on the thread pool. Not for WebGL, which has no threads: there a page's
    /// own WebSocket is behind another ITransport.</summary>
    public sealed class WebSocketTransport : ITransport
    {
        // SPEC.md section 1.1: what a server sends may be longer than what it takes.
        private const int LongestMessage = 1 << 20;
        private const int FarewellMs = 2000;

        // A second of frames and what is said meanwhile. Who takes nothing in (a headset that was put down) reads no more: the
        // socket fills up, and the server leaves out what such a client would only throw away.
        private const int MessagesQueued = 128;

        private readonly ConcurrentQueue<Incoming> incoming = new ConcurrentQueue<Incoming>();
        private readonly ConcurrentQueue<Incoming> outgoing = new ConcurrentQueue<Incoming>();
        private readonly SemaphoreSlim places = new SemaphoreSlim(MessagesQueued);
        private readonly SemaphoreSlim somethingToSend = new SemaphoreSlim(0);
        private readonly CancellationTokenSource stop = new CancellationTokenSource();
        private readonly BufferPool pool = new BufferPool();
        private readonly ClientWebSocket socket = new ClientWebSocket();
        private volatile TransportState state = TransportState.Opening;
        private volatile int closing;
        private volatile bool disposed;

        public TransportState State
        {
            get { return state; }
        }

        public int CloseCode { get; private set; }

        public string CloseReason { get; private set; }

        public void Open(string address)
        {
            socket.Options.AddSubProtocol(Wire.Subprotocol);
            CloseCode = (int)Protocol.Generated.CloseCode.Abnormal;
            CloseReason = "";
            Task.Run(() => Run(address));
        }

        private async Task Run(string address)
        {
            Task sending = null;
            try
            {
                await socket.ConnectAsync(new Uri(address), stop.Token).ConfigureAwait(false);
                if (socket.SubProtocol == Wire.Subprotocol)
                {
                    state = TransportState.Open;
                    sending = SendAll();
                    await ReceiveAll().ConfigureAwait(false);
                }
                else
                {
                    await Refuse(WebSocketCloseStatus.ProtocolError, NotSpoken(address)).ConfigureAwait(false);
                }
            }
            catch (WebSocketException fault) when (fault.WebSocketErrorCode == WebSocketError.UnsupportedProtocol)
            {
                CloseCode = (int)WebSocketCloseStatus.ProtocolError;
                CloseReason = NotSpoken(address);
            }
            catch (Exception fault)
            {
                // A thread that nobody waits for: whatever ends it is told as the close.
                CloseReason = CloseReason.Length > 0 ? CloseReason : fault.Message;
            }
            stop.Cancel();
            state = TransportState.Closed;
            if (sending != null)
            {
                await Quietly(sending).ConfigureAwait(false);
            }
            socket.Dispose();
        }

        private static string NotSpoken(string address)
        {
            return address + " does not speak " + Wire.Subprotocol;
        }

        private static async Task Quietly(Task task)
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is WebSocketException || fault is OperationCanceledException
                || fault is ObjectDisposedException || fault is InvalidOperationException || fault is IOException)
            {
                // The socket is gone, which its reader has told.
            }
        }

        private async Task ReceiveAll()
        {
            var message = new Incoming { Data = pool.Take(0) };
            while (true)
            {
                var room = new ArraySegment<byte>(message.Data, message.Length, message.Data.Length - message.Length);
                WebSocketReceiveResult part = await socket.ReceiveAsync(room, stop.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await TakeClose(part).ConfigureAwait(false);
                    return;
                }
                if (part.MessageType == WebSocketMessageType.Text)
                {
                    await Refuse(WebSocketCloseStatus.InvalidMessageType, "text").ConfigureAwait(false);
                    return;
                }
                message.Length += part.Count;
                if (part.EndOfMessage && closing == 0)
                {
                    await places.WaitAsync(stop.Token).ConfigureAwait(false);
                    incoming.Enqueue(message);
                    message = new Incoming { Data = pool.Take(0) };
                }
                else if (part.EndOfMessage)
                {
                    // Nobody waits for it any more, only the server's close frame is.
                    message.Length = 0;
                }
                else if (message.Length == message.Data.Length && !Grow(ref message))
                {
                    await Refuse(WebSocketCloseStatus.MessageTooBig, "a message of more than 1 MiB").ConfigureAwait(false);
                    return;
                }
            }
        }

        private bool Grow(ref Incoming message)
        {
            if (message.Length >= LongestMessage)
            {
                return false;
            }
            byte[] larger = pool.Take(2 * message.Length);
            Buffer.BlockCopy(message.Data, 0, larger, 0, message.Length);
            pool.Give(message.Data);
            message.Data = larger;
            return true;
        }

        private async Task TakeClose(WebSocketReceiveResult close)
        {
            CloseCode = close.CloseStatus.HasValue ? (int)close.CloseStatus.Value : (int)Protocol.Generated.CloseCode.NoStatus;
            CloseReason = close.CloseStatusDescription ?? "";
            if (socket.State == WebSocketState.CloseReceived)
            {
                stop.CancelAfter(FarewellMs);
                await Quietly(socket.CloseOutputAsync(
                    WebSocketCloseStatus.NormalClosure, "", stop.Token)).ConfigureAwait(false);
            }
        }

        /// <summary>The code is told as if the server had said it: one that breaks the protocol is not come back to.</summary>
        private async Task Refuse(WebSocketCloseStatus code, string reason)
        {
            CloseCode = (int)code;
            CloseReason = reason;
            stop.CancelAfter(FarewellMs);
            await Quietly(socket.CloseOutputAsync(code, "", stop.Token)).ConfigureAwait(false);
        }

        private async Task SendAll()
        {
            while (true)
            {
                await somethingToSend.WaitAsync(stop.Token).ConfigureAwait(false);
                Incoming message;
                if (outgoing.TryDequeue(out message))
                {
                    var whole = new ArraySegment<byte>(message.Data, 0, message.Length);
                    await socket.SendAsync(whole, WebSocketMessageType.Binary, true, stop.Token).ConfigureAwait(false);
                    pool.Give(message.Data);
                }
                else if (closing != 0)
                {
                    await socket.CloseOutputAsync((WebSocketCloseStatus)closing, "", stop.Token).ConfigureAwait(false);
                    return;
                }
            }
        }

        public bool TryReceive(out Incoming message)
        {
            bool there = incoming.TryDequeue(out message);
            if (there)
            {
                places.Release();
            }
            return there;
        }

        public void Release(Incoming message)
        {
            pool.Give(message.Data);
        }

        public void Send(byte[] data, int length)
        {
            if (state != TransportState.Open || closing != 0)
            {
                return;
            }
            var message = new Incoming { Data = pool.Take(length), Length = length };
            Buffer.BlockCopy(data, 0, message.Data, 0, length);
            outgoing.Enqueue(message);
            somethingToSend.Release();
        }

        public void Close(int code)
        {
            closing = code;
            somethingToSend.Release();
            // Its reader may wait for a place in the queue that nobody empties any more.
            places.Release();
            // From now on, also where the server reads nothing and what waits to be sent never goes out.
            stop.CancelAfter(FarewellMs);
        }

        /// <summary>Drop the socket without a word, as a lost network does.</summary>
        public void Dispose()
        {
            if (disposed)
            {
                return;
            }
            disposed = true;
            stop.Cancel();
            socket.Abort();
        }
    }
}
