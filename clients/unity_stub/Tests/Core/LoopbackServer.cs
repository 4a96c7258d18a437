using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Polyclinic.Tests
{
    /// <summary>One WebSocket on this machine's loopback, served by a script of a test in a thread of its own.</summary>
    public sealed class LoopbackServer : IDisposable
    {
        public const int Text = 1, Binary = 2, Closing = 8;
        private readonly TcpListener listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly string subprotocol;
        private readonly Action<LoopbackServer> script;
        private Stream stream;

        /// <summary>The code of the client's close frame; 0 for none.</summary>
        public volatile int ClosedWith;

        /// <param name="subprotocol">What the server chooses; null for none.</param>
        public LoopbackServer(string subprotocol, Action<LoopbackServer> script)
        {
            this.subprotocol = subprotocol;
            this.script = script;
            listener.Start();
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public string Address { get { return "ws://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port + "/world"; } }

        private void Serve()
        {
            try
            {
                using (TcpClient client = listener.AcceptTcpClient())
                {
                    stream = client.GetStream();
                    Greet();
                    script(this);
                }
            }
            catch (Exception gone) when (gone is IOException || gone is SocketException || gone is ObjectDisposedException)
            {
                // The client is through with it, or the test is.
            }
        }

        private void Greet()
        {
            string key = "";
            for (string line = ReadLine(); line.Length > 0; line = ReadLine())
            {
                const string Name = "Sec-WebSocket-Key: ";
                key = line.StartsWith(Name, StringComparison.OrdinalIgnoreCase) ? line.Substring(Name.Length) : key;
            }
            byte[] digest;
            using (SHA1 sha = SHA1.Create())
            {
                // RFC 6455 section 1.3.
                digest = sha.ComputeHash(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
            }
            byte[] answer = Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + Convert.ToBase64String(digest) + "\r\n"
                + (subprotocol == null ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n");
            stream.Write(answer, 0, answer.Length);
        }

        private string ReadLine()
        {
            var line = new StringBuilder();
            for (int one = ReadByte(); one != '\n'; one = ReadByte())
            {
                line.Append((char)one);
            }
            return line.ToString().Trim();
        }

        private int ReadByte()
        {
            int one = stream.ReadByte();
            if (one < 0)
            {
                throw new IOException("closed");
            }
            return one;
        }

        public void Send(int opcode, byte[] payload)
        {
            byte[] length = BitConverter.GetBytes((long)payload.Length);
            Array.Reverse(length);
            var frame = new byte[10 + payload.Length];
            frame[0] = (byte)(0x80 | opcode);
            frame[1] = 127;
            length.CopyTo(frame, 2);
            payload.CopyTo(frame, 10);
            // A control frame's length is in seven bits, and others may be told in the longest form by a test.
            if (opcode == Closing)
            {
                frame = new byte[2 + payload.Length];
                frame[0] = (byte)(0x80 | opcode);
                frame[1] = (byte)payload.Length;
                payload.CopyTo(frame, 2);
            }
            stream.Write(frame, 0, frame.Length);
        }

        /// <summary>Read what the client sends until its close frame.</summary>
        public void AwaitClose()
        {
            while (ClosedWith == 0)
            {
                int opcode = ReadByte() & 0x0F;
                long length = ReadByte() & 0x7F;
                for (int more = length == 126 ? 2 : length == 127 ? 8 : 0, read = 0; read < more; read++)
                {
                    length = (read == 0 ? 0 : length * 256) + ReadByte();
                }
                var mask = new[] { ReadByte(), ReadByte(), ReadByte(), ReadByte() };
                int code = 0;
                for (long index = 0; index < length; index++)
                {
                    int one = ReadByte() ^ mask[index % 4];
                    code = index < 2 ? code << 8 | one : code;
                }
                ClosedWith = opcode == Closing ? code : 0;
            }
        }

        public void Dispose()
        {
            listener.Stop();
            Stream open = stream;
            if (open != null)
            {
                open.Dispose();
            }
        }
    }
}
