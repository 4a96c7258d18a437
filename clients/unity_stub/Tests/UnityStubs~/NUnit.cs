using System;
using System.Collections.Generic;
using System.Reflection;

// What the tests use of NUnit, which Unity brings and Mono alone does not, and a runner for them.
namespace NUnit.Framework
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TestAttribute : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SetUpAttribute : Attribute
    {
    }

    public sealed class AssertionException : Exception
    {
        public AssertionException(string message) : base(message)
        {
        }
    }

    public delegate void TestDelegate();

    public static class Assert
    {
        public static void Fail(string message)
        {
            throw new AssertionException(message);
        }

        public static void IsTrue(bool condition, string message = "")
        {
            if (!condition)
            {
                Fail("not true: " + message);
            }
        }

        public static void IsFalse(bool condition, string message = "")
        {
            IsTrue(!condition, message);
        }

        public static void AreEqual(object expected, object actual, string message = "")
        {
            bool same = expected is IConvertible && actual is IConvertible && !(expected is string)
                ? Convert.ToDecimal(expected) == Convert.ToDecimal(actual) : Equals(expected, actual);
            IsTrue(same, message + ": expected " + expected + ", got " + actual);
        }

        public static void AreEqual(double expected, double actual, double delta, string message = "")
        {
            IsTrue(Math.Abs(expected - actual) <= delta, message + ": expected " + expected + ", got " + actual);
        }

        public static void Throws<T>(TestDelegate code, string message = "") where T : Exception
        {
            try
            {
                code();
            }
            catch (T)
            {
                return;
            }
            Fail("no " + typeof(T).Name + ": " + message);
        }
    }

    public static class Runner
    {
        public static int Main(string[] arguments)
        {
            int failures = 0, count = 0;
            foreach (Type type in Assembly.GetExecutingAssembly().GetTypes())
            {
                foreach (MethodInfo method in type.GetMethods())
                {
                    if (method.GetCustomAttributes(typeof(TestAttribute), false).Length == 0
                        || (arguments.Length > 0 && !(type.Name + "." + method.Name).Contains(arguments[0])))
                    {
                        continue;
                    }
                    count++;
                    failures += Passes(type, method) ? 0 : 1;
                }
            }
            Console.WriteLine(count + " tests, " + failures + " failed");
            // None at all is a mistake of who runs them.
            return failures == 0 && count > 0 ? 0 : 1;
        }

        private static bool Passes(Type type, MethodInfo method)
        {
            try
            {
                object fixture = Activator.CreateInstance(type);
                foreach (MethodInfo before in type.GetMethods())
                {
                    if (before.GetCustomAttributes(typeof(SetUpAttribute), false).Length > 0)
                    {
                        before.Invoke(fixture, null);
                    }
                }
                method.Invoke(fixture, null);
                return true;
            }
            catch (TargetInvocationException thrown)
            {
                Console.WriteLine("FAILED " + type.Name + "." + method.Name + "\n  " + thrown.InnerException);
                return false;
            }
        }
    }
}
