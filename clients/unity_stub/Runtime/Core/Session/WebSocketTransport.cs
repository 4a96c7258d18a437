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

        private readonly ConcurrentQueue<Incoming> incoming = new ConcurrentQueue<Incoming>();
        private readonly ConcurrentQueue<Incoming> outgoing = new ConcurrentQueue<Incoming>();
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
            Task.Run(() => Run(new Uri(address)));
        }

        private async Task Run(Uri address)
        {
            Task sending = null;
            try
            {
                await socket.ConnectAsync(address, stop.Token).ConfigureAwait(false);
                state = TransportState.Open;
                sending = SendAll();
                await ReceiveAll().ConfigureAwait(false);
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
                if (part.EndOfMessage)
                {
                    incoming.Enqueue(message);
                    message = new Incoming { Data = pool.Take(0) };
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
                await Quietly(socket.CloseOutputAsync(
                    WebSocketCloseStatus.NormalClosure, "", CancellationToken.None)).ConfigureAwait(false);
            }
        }

        private async Task Refuse(WebSocketCloseStatus code, string reason)
        {
            CloseReason = reason;
            await Quietly(socket.CloseOutputAsync(code, reason, CancellationToken.None)).ConfigureAwait(false);
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
                    stop.CancelAfter(FarewellMs);
                    await socket.CloseOutputAsync((WebSocketCloseStatus)closing, "", stop.Token).ConfigureAwait(false);
                    return;
                }
            }
        }

        public bool TryReceive(out Incoming message)
        {
            return incoming.TryDequeue(out message);
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
