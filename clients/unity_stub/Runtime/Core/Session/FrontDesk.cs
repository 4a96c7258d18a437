using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;

namespace Polyclinic
{
    /// <summary>Opens the door of a room once; `World` is the WebSocket's address.</summary>
    public struct Ticket
    {
        public string Value;
        public string World;
    }

    /// <summary>The front desk said no, or did not answer.</summary>
    public sealed class JoinRefused : Exception
    {
        /// <summary>Stable: `room_unknown`, `room_full`, ...; `unreachable` if nobody answered.</summary>
        public readonly string Code;

        /// <summary>HTTP's, 0 if nobody answered.</summary>
        public readonly int Status;

        public JoinRefused(string code, string detail, int status = 0) : base(detail)
        {
            Code = code;
            Status = status;
        }

        /// <summary>Whether it is worth to ask again later, by the rule of SPEC.md section 10.</summary>
        public bool Temporary
        {
            get
            {
                bool passing = Code == "unreachable" || Code == "room_full";
                return passing || Status == 408 || Status == 429 || Status >= 500;
            }
        }
    }

    /// <summary>Gives out tickets.</summary>
    public interface IFrontDesk
    {
        /// <summary>Throws JoinRefused, in the task.</summary>
        Task<Ticket> AskTicket(string room, string name, string role, string avatar);
    }

    /// <summary>The front desk at an address such as `http://127.0.0.1:8080` (SPEC.md section 10).</summary>
    public sealed class FrontDesk : IFrontDesk
    {
        private static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        private readonly string address;

        public FrontDesk(string address)
        {
            var uri = new Uri(address);
            if (uri.Scheme != "http" && uri.Scheme != "https")
            {
                throw new ArgumentException("a front desk's address begins with http:// or https://");
            }
            this.address = address.TrimEnd('/');
        }

        public async Task<Ticket> AskTicket(string room, string name, string role, string avatar)
        {
            string url = address + "/v1/rooms/" + Uri.EscapeDataString(room) + "/tickets";
            string wish = Json.Write(new Dictionary<string, object>
            {
                { "name", name }, { "role", role }, { "avatar", avatar },
            });
            try
            {
                var content = new StringContent(wish, Encoding.UTF8, "application/json");
                using (HttpResponseMessage answer = await Http.PostAsync(url, content).ConfigureAwait(false))
                {
                    string text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
                    return Read(text, (int)answer.StatusCode);
                }
            }
            catch (Exception fault) when (fault is HttpRequestException || fault is OperationCanceledException)
            {
                throw new JoinRefused("unreachable", fault.Message);
            }
        }

        private static Ticket Read(string text, int status)
        {
            Dictionary<string, object> body;
            try
            {
                body = Json.Read(text) as Dictionary<string, object> ?? new Dictionary<string, object>();
            }
            catch (FormatException)
            {
                throw new JoinRefused("unexpected", "no JSON in the answer, of status " + status, status);
            }
            string ticket = TextOf(body, "ticket"), world = TextOf(body, "world");
            if (status == 201 && ticket.Length > 0 && world.Length > 0)
            {
                return new Ticket { Value = ticket, World = world };
            }
            string code = TextOf(body, "code"), detail = TextOf(body, "detail");
            string words = detail.Length > 0 ? detail : TextOf(body, "title");
            throw new JoinRefused(code.Length > 0 ? code : "unexpected", words, status);
        }

        private static string TextOf(Dictionary<string, object> body, string key)
        {
            object value;
            return body.TryGetValue(key, out value) && value is string ? (string)value : "";
        }
    }
}
