using System;
using System.Collections.Generic;

namespace Polyclinic.Tests
{
    /// <summary>Reading JSON trees.</summary>
    public static class Trees
    {
        public static long Int(this Dictionary<string, object> node, string key)
        {
            return (long)node[key];
        }

        public static uint U32(this Dictionary<string, object> node, string key)
        {
            return (uint)(long)node[key];
        }

        public static double Number(this Dictionary<string, object> node, string key)
        {
            return Convert.ToDouble(node[key]);
        }

        public static bool Flag(this Dictionary<string, object> node, string key)
        {
            return (bool)node[key];
        }

        public static string Text(this Dictionary<string, object> node, string key)
        {
            return (string)node[key];
        }

        public static List<object> List(this Dictionary<string, object> node, string key)
        {
            return (List<object>)node[key];
        }

        public static Dictionary<string, object> Map(this Dictionary<string, object> node, string key)
        {
            return (Dictionary<string, object>)node[key];
        }
    }
}
